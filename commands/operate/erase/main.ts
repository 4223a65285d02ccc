import type { UserCounts } from '../../../lib/store/maintenance/erase-users.ts'
import { runCommand } from '../../command.ts'
import type { Email } from '../../../lib/domain/email.ts'
import { formatProblem } from '../table/outcome.ts'
import { workUntilEnd } from '../table/work-until-end.ts'
import { openTable } from '../table/open-table.ts'
import { startProgress } from '../table/progress.ts'
import { readArguments } from './arguments.ts'

/** Erases the users that the arguments name, or counts what the table has of them. */
const eraseAddresses = async (): Promise<void> => {
  const { emails, dryRun, ...options } = await readArguments(process.argv.slice(2), process.stdin)
  const target = await openTable({ ...options, access: dryRun ? 'read' : 'write' })
  // Imported here because lib/deps reads the environment when it is loaded.
  const { store } = await import('../../../lib/deps.ts')
  const { countUsers, eraseUsers } = await import('../../../lib/store/maintenance/erase-users.ts')

  let roomsErased = 0
  let readUnits = 0
  const rooms = startProgress('rooms erased', undefined, Date.now)
  const items = startProgress('items of the table read', undefined, Date.now)
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
  const summarize = (end: string) => {
    const done = dryRun ? 'Nothing was written.' : `rooms erased: ${roomsErased}.`
    console.log(`${end}. ${done} Run the command again: it does what is left.`)
  }
  await workUntilEnd(target, summarize, async () => {
    const counts = dryRun
      ? await countUsers(store, emails, progress)
      : await eraseUsers(store, emails, { ...progress, onUnreadable })
    for (const [email, count] of counts) console.log(formatCounts(email, count, dryRun))
    console.log(`read units of reading the table: ${Math.ceil(readUnits)}`)
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
