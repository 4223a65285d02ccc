import { readOptions, runCommand } from '../../command.ts'
import {
  parseRooms,
  parseTableOptions,
  roomOptions,
  roomUsage,
  tableOptions,
  tableUsage,
} from '../table/options.ts'
import { runVisits } from '../table/run-visits.ts'
import type { Task } from './table-work.ts'

const usage = `usage: npm run rebuild -- [options]

  Writes the rows and totals that differ from the facts anew. The inbox can stay in use. What is right is
  only read, so a rebuild that was interrupted is continued by running it again.

${tableUsage}
${roomUsage}
  --check         the dry run: print what differs and write nothing
  --help          prints this

  The exit code is 0 if everything is right, 1 if not, 2 if an argument is wrong, and 128 plus the
  number of the signal if the command was interrupted: 130 after Ctrl-C.`

/** Rebuilds or checks rows and totals, as the arguments say. */
const rebuildTable = async (): Promise<void> => {
  const { values, positionals } = readOptions(usage, {
    allowPositionals: true,
    options: { ...tableOptions, ...roomOptions, check: { type: 'boolean', default: false } },
  })
  const rooms = parseRooms(usage, values, positionals)
  const dryRun = values.check
  const what = dryRun ? 'that differ' : 'corrected'
  await runVisits<Task>({
    ...parseTableOptions(values),
    rooms,
    dryRun,
    work: new URL('./table-work.ts', import.meta.url),
    task: { dryRun, onlyTotals: rooms !== undefined },
    done: dryRun ? 'checked' : 'rebuilt',
    labels: { rows: `rows ${what}`, totals: `totals ${what}` },
  })
}

runCommand(rebuildTable)
