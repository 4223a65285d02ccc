import type { Email } from '../../lib/domain/email.ts'
import { checkOrphans, clearOrphans } from '../../lib/store/clear-orphans.ts'
import { listPeople } from '../../lib/store/list-people.ts'
import { checkRoom, rebuildRoom } from '../../lib/store/rebuild-room.ts'
import { checkTotals, rebuildTotals } from '../../lib/store/rebuild-totals.ts'
import type { Store } from '../../lib/store/table.ts'
import { visitPartitions } from '../../lib/store/visit-partitions.ts'
import { attempt } from '../table/attempt.ts'
import { explainFailure } from '../table/explain-failure.ts'
import { handleInterruption } from '../table/interruption.ts'
import { openTable } from '../table/open-table.ts'
import { type Progress, startProgress } from '../table/progress.ts'
import { readArguments } from './arguments.ts'
import { Report } from './report.ts'

/** Rebuilds or checks rows and totals, as the arguments say. */
export const rebuildTable = async (): Promise<void> => {
  const { rooms, check, ...options } = readArguments(process.argv.slice(2))
  const target = await openTable({ ...options, access: check ? 'read' : 'write' })
  // Imported here because lib/deps reads its environment when it is loaded.
  const { store } = await import('../../lib/deps.ts')
  handleInterruption(() => {
    progress.stop()
    console.log(report.summary(check))
    console.log(
      check
        ? 'Interrupted. The rest has not been checked. Run the command again.'
        : 'Interrupted. What is counted here is right. Run the command again to continue.',
    )
  })
  const progress = startProgress('rooms', rooms?.length, Date.now)
  const report = new Report(target.tableName, progress.say)
  const work = makeWork(store, { check, report, progress })
  try {
    if (rooms) await workOnRooms(store, rooms, work)
    else
      await visitPartitions(store, (partition) =>
        'user' in partition ? work.onUser(partition.user) : work.onRoom(partition.roomId),
      )
  } catch (error) {
    throw explainFailure(target, error)
  } finally {
    progress.stop()
  }
  console.log(report.summary(check))
  if (!report.isClean) process.exitCode = 1
}

interface Work {
  onRoom: (roomId: number) => Promise<void>
  /** The totals, and the rows of rooms that do not know the user. */
  onUser: (user: Email) => Promise<void>
  onTotals: (user: Email) => Promise<void>
}

const makeWork = (
  store: Store,
  { check, report, progress }: { check: boolean; report: Report; progress: Progress },
): Work => {
  let rooms = 0
  const workOnTotals = async (user: Email) => {
    const { found, left } = check
      ? sameFor(await checkTotals(store, user))
      : await rebuildTotals(store, user)
    report.addTotals(found, left)
  }
  const onUser = (user: Email, work: () => Promise<void>) =>
    attempt(
      async () => {
        await work()
        report.countUser()
      },
      (reason) => {
        report.failUser(user, reason)
      },
    )
  return {
    onRoom: async (roomId) => {
      await attempt(
        async () => {
          const { found, left } = check
            ? sameFor(await checkRoom(store, roomId))
            : await rebuildRoom(store, roomId)
          report.addRows(found, left)
          report.countRoom()
        },
        (reason) => {
          report.fail(`room ${roomId}`, reason)
        },
      )
      rooms += 1
      progress.advance(1, rooms)
    },
    onUser: (user) =>
      onUser(user, async () => {
        const { found, left } = check
          ? sameFor(await checkOrphans(store, user))
          : await clearOrphans(store, user)
        report.addRows(found, left)
        await workOnTotals(user)
      }),
    onTotals: (user) => onUser(user, () => workOnTotals(user)),
  }
}

/** A check corrects nothing, so all that it finds is left. */
const sameFor = <Wrong>(found: Wrong[]) => ({ found, left: found })

const workOnRooms = async (store: Store, rooms: number[], work: Work): Promise<void> => {
  const users = new Set<Email>()
  for (const roomId of rooms) {
    await work.onRoom(roomId)
    for (const user of await listPeople(store, roomId)) users.add(user)
  }
  for (const user of users) await work.onTotals(user)
}
