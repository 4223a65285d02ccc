import { readOptions } from '../../command.ts'
import { parseTableOptions, tableOptions, type TableOptions, tableUsage } from '../table/options.ts'
import { parseRooms, roomOptions, roomUsage } from '../table/room-options.ts'

export interface RebuildArguments extends TableOptions {
  /** Undefined for the whole table. */
  rooms: number[] | undefined
  check: boolean
}

const usage = `usage: npm run rebuild -- [options]

  Writes the rows and totals that differ from the facts anew. The inbox can stay in use. What is right is
  only read, so a rebuild that was interrupted is continued by running it again.

${tableUsage}
${roomUsage}
  --check         the dry run: print what differs and write nothing
  --help          prints this

  The exit code is 0 if everything is right, 1 if not, 2 if an argument is wrong, and 128 plus the
  number of the signal if the command was interrupted: 130 after Ctrl-C.`

/** @throws WrongUse saying which argument is wrong */
export const readArguments = (args: string[]): RebuildArguments => {
  const { values, positionals } = readOptions(usage, {
    args,
    allowPositionals: true,
    options: { ...tableOptions, ...roomOptions, check: { type: 'boolean', default: false } },
  })
  return {
    ...parseTableOptions(values),
    rooms: parseRooms(usage, values, positionals),
    check: values.check,
  }
}
