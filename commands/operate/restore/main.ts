import { makeWrongUse, readOptions, runCommand } from '../../command.ts'
import { checkTableName } from '../../environment.ts'
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

/** Restores rooms and profiles from a restored table, or counts what it would copy, as the arguments say. */
const restoreTable = async (): Promise<void> => {
  const { values, positionals } = readOptions(usage, {
    allowPositionals: true,
    options: {
      ...tableOptions,
      ...roomOptions,
      from: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    },
  })
  if (values.from === undefined) throw makeWrongUse(usage, 'name the restored table with --from')
  const from = checkTableName('--from', values.from)
  const dryRun = values['dry-run']
  await runVisits<Task>({
    ...parseTableOptions(values),
    from,
    rooms: parseRooms(usage, values, positionals),
    dryRun,
    work: new URL('./table-work.ts', import.meta.url),
    task: { from, dryRun },
    ...(dryRun
      ? { done: 'compared', labels: { facts: 'facts to copy', profiles: 'profiles to copy' } }
      : {
          done: 'restored',
          labels: {
            facts: 'facts copied',
            profiles: 'profiles copied',
            rows: 'rows corrected',
            totals: 'totals corrected',
          },
        }),
  })
}

runCommand(restoreTable)
