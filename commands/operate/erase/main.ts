import type { Email } from '../../../lib/domain/email.ts'
import type { UserCounts } from '../../../lib/store/maintenance/erase-users.ts'
import { runCommand } from '../../command.ts'
import { openTable } from '../table/open-table.ts'
import { formatProblem } from '../table/outcome.ts'
import { startProgress } from '../table/progress.ts'
import { workUntilEnd } from '../table/work-until-end.ts'
import { readArguments } from './arguments.ts'

/** Erases the users that the arguments name, or counts what the table has of them. */
const eraseAddresses = async (): Promise<void> => {
  const { emails, dryRun, ...options } = await readArguments(process.argv.slice(2), process.stdin)
  const { name } = await openTable({ ...options, access: dryRun ? 'read' : 'write' })
  // Imported here because lib/deps reads the environment when it is loaded.
  const { store } = await import('../../../lib/deps.ts')
  const { countUsers, eraseUsers } = await import('../../../lib/store/maintenance/erase-users.ts')

  let roomsErased = 0
  let readUnits = 0
  let counts: Map<Email, UserCounts> | undefined
  const items = startProgress('items of the table read', undefined, Date.now)
  await workUntilEnd({
    table: name,
    unit: 'rooms erased',
    total: undefined,
    makeReport: () => ({
      summarize: () =>
        [
          ...(counts
            ? [...counts].map(([email, count]) => formatCounts(email, count, dryRun))
            : [`rooms erased: ${roomsErased}`]),
          `read units of reading the table: ${Math.ceil(readUnits)}`,
        ].join('\n'),
    }),
    early: dryRun ? 'Nothing was written.' : 'What is counted here is erased.',
    work: async (_, rooms) => {
      const progress = {
        onRoom: () => {
          roomsErased += 1
          rooms.advance(1, roomsErased)
        },
        onPage: (page: { items: number; readUnits: number }) => {
          readUnits += page.readUnits
          items.advance(page.items, Infinity)
        },
      }
      const onUnreadable = (email: Email, roomId: number, reason: string) => {
        process.exitCode = 1
        console.log(`${email}: not erased from ${formatProblem(`room ${roomId}`, reason)}`)
      }
      counts = dryRun
        ? await countUsers(store, emails, progress)
        : await eraseUsers(store, emails, { ...progress, onUnreadable })
    },
  })
}

/** Formats what was erased of a user, or what would be, as one line. */
const formatCounts = (
  address: string,
  { rooms, comments, rows, isKnown }: UserCounts,
  dryRun: boolean,
): string =>
  isKnown
    ? `${address}: ${dryRun ? 'would erase' : 'erased'} rooms ${rooms}, comments ${comments}, rows ${rows}`
    : `${address}: nobody has this address`

runCommand(eraseAddresses)
