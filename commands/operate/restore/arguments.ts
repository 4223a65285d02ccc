import { makeWrongUse, readOptions } from '../../command.ts'
import { checkTableName } from '../../environment.ts'
import { parseTableOptions, tableOptions, type TableOptions, tableUsage } from '../table/options.ts'
import { parseRooms, roomOptions, roomUsage } from '../table/room-options.ts'

export interface RestoreArguments extends TableOptions {
  /** The restored table, next to the live one. */
  from: string
  /** Undefined for the whole table. */
  rooms: number[] | undefined
  dryRun: boolean
}

const usage = `usage: npm run restore -- --from RESTORED_TABLE [options]

  Copies the facts and profiles of a restored table that the live table does not have, or has in an older
  form, and rebuilds their rooms. Nothing newer is overwritten. The inbox can stay in use. A restore that was
  interrupted is continued by running it again.

  --from TABLE    the restored table, in the same account and region as the live one
${tableUsage}
${roomUsage}
  --dry-run       count what would be copied, and write nothing
  --help          prints this

  The exit code is 0 if everything was restored, 1 if not, 2 if an argument is wrong, and 128 plus the
  number of the signal if the command was interrupted: 130 after Ctrl-C.`

/** @throws WrongUse saying which argument is wrong */
export const readArguments = (args: string[]): RestoreArguments => {
  const { values, positionals } = readOptions(usage, {
    args,
    allowPositionals: true,
    options: {
      ...tableOptions,
      ...roomOptions,
      from: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    },
  })
  if (values.from === undefined) throw makeWrongUse(usage, 'name the restored table with --from')
  return {
    ...parseTableOptions(values),
    from: checkTableName('--from', values.from),
    rooms: parseRooms(usage, values, positionals),
    dryRun: values['dry-run'],
  }
}
