import type { Email } from '../../lib/domain/email.ts'
import { listPeople } from '../../lib/store/list-people.ts'
import { rebuildTotals } from '../../lib/store/rebuild-totals.ts'
import { countMissingProfiles, restoreProfiles } from '../../lib/store/restore-profiles.ts'
import { countMissingFacts, restoreRoom } from '../../lib/store/restore-room.ts'
import { spreadProfile } from '../../lib/store/spread-profile.ts'
import type { Store } from '../../lib/store/table.ts'
import { visitPartitions } from '../../lib/store/visit-partitions.ts'
import { CannotRun } from '../command.ts'
import { attempt } from '../table/attempt.ts'
import { explainFailure } from '../table/explain-failure.ts'
import { handleInterruption } from '../table/interruption.ts'
import { nameUser } from '../table/name-user.ts'
import { openTable } from '../table/open-table.ts'
import { type Progress, startProgress } from '../table/progress.ts'
import { readArguments } from './arguments.ts'
import { Report } from './report.ts'

/** Restores rooms and profiles from a restored table, or counts what it would copy, as the arguments say. */
export const restoreTable = async (): Promise<void> => {
  const { rooms, dryRun, from, ...options } = readArguments(process.argv.slice(2))
  // The live table is opened first: its environment says where the restored one is.
  const target = await openTable({ ...options, access: dryRun ? 'read' : 'write' })
  if (target.tableName === from)
    throw new CannotRun(
      `--from and the live table are both ${from}: name the restored table with --from. Nothing was written.`,
    )
  // Imported here because lib/deps reads its environment when it is loaded.
  const { store: live } = await import('../../lib/deps.ts')
  await openTable({ table: from, yes: false, access: 'read' })
  const restored = { ...live, tableName: from }
  handleInterruption(() => {
    progress.stop()
    console.log(report.summary(dryRun))
    console.log(
      dryRun
        ? 'Interrupted. The rest has not been compared. Run the command again.'
        : 'Interrupted. What is counted here is restored. Run the command again to continue.',
    )
  })
  const progress = startProgress('rooms', rooms?.length, Date.now)
  const report = new Report(progress.say)
  const job = { restored, live, dryRun, report, progress, done: 0 }
  try {
    if (rooms) await restoreRooms(job, rooms)
    else
      await visitPartitions(restored, (partition) =>
        'user' in partition
          ? restoreUser(job, partition.user)
          : restoreOneRoom(job, partition.roomId),
      )
  } catch (error) {
    throw explainFailure(target, error)
  } finally {
    progress.stop()
  }
  console.log(report.summary(dryRun))
  if (!report.isClean) process.exitCode = 1
}

interface Job {
  restored: Store
  live: Store
  dryRun: boolean
  report: Report
  progress: Progress
  /** Rooms that were worked on. */
  done: number
}

const restoreOneRoom = async (job: Job, roomId: number): Promise<void> => {
  const { restored, live, dryRun, report, progress } = job
  const fail = (reason: string) => {
    report.fail(`room ${roomId}`, reason)
  }
  await attempt(async () => {
    if (dryRun) {
      // Many rooms at a time: a sum that is read before an await would be outdated after it.
      const facts = await countMissingFacts(restored, live, roomId)
      report.facts += facts
    } else {
      const { facts, profiles, rows } = await restoreRoom(restored, live, roomId)
      report.facts += facts
      report.profiles += profiles
      report.rows += rows.found.length
      if (rows.left.length > 0)
        fail(
          `its events keep arriving, so ${rows.left.length} rows are not right yet: run it again`,
        )
    }
    report.countRoom()
  }, fail)
  job.done += 1
  progress.advance(1, job.done)
}

/** Copies the profile, also into rooms that only the live table has, and corrects the totals: the rows come with the rooms. */
const restoreUser = async (job: Job, user: Email): Promise<void> => {
  const { restored, live, dryRun, report } = job
  const fail = (reason: string) => {
    report.fail(nameUser(live.tableName, user), reason)
  }
  await attempt(async () => {
    if (dryRun) {
      const profiles = await countMissingProfiles(restored, live, [user])
      report.profiles += profiles
      return
    }
    const profiles = await restoreProfiles(restored, live, [user])
    report.profiles += profiles
    await spreadProfile(live, user)
    const { found, left } = await rebuildTotals(live, user)
    report.totals += found.length
    if (left.length > 0)
      fail('the rooms change all the time, so they cannot be counted: run it again')
  }, fail)
}

const restoreRooms = async (job: Job, rooms: number[]): Promise<void> => {
  const users = new Set<Email>()
  for (const roomId of rooms) {
    await restoreOneRoom(job, roomId)
    for (const user of await listPeople(job.restored, roomId)) users.add(user)
  }
  for (const user of users) await restoreUser(job, user)
}
