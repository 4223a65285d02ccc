import { store as live } from '../../../lib/deps.ts'
import { rebuildTotals } from '../../../lib/store/maintenance/rebuild-user.ts'
import {
  countMissingProfiles,
  restoreProfiles,
} from '../../../lib/store/maintenance/restore-profiles.ts'
import { countMissingFacts, restoreRoom } from '../../../lib/store/maintenance/restore-room.ts'
import { spreadProfile } from '../../../lib/store/maintenance/spread-profile.ts'
import { attempt, nameUser } from '../table/outcome.ts'
import type { WorkOnRoom, WorkOnUser } from '../table/run-visits.ts'

/** The work on the tables. Separate threads do it: see ../table/workers.ts. */

export interface Task {
  /** The name of the restored table. */
  from: string
  dryRun: boolean
}

export const workOnRoom: WorkOnRoom<Task> = ({ from, roomId, dryRun }) =>
  attempt(async () => {
    const restored = { ...live, tableName: from }
    if (dryRun) {
      const facts = await countMissingFacts(restored, live, roomId)
      return { counts: { facts }, problems: [] }
    }
    const { facts, profiles, rows } = await restoreRoom(restored, live, roomId)
    const { found, left } = rows
    return {
      counts: { facts, profiles, rows: found.length },
      problems: describeLeft(`room ${roomId}`, left),
    }
  })

/** Copies the profile, also into rooms that only the live table has, and corrects the totals: the rows come with the rooms. */
export const workOnUser: WorkOnUser<Task> = ({ from, user, dryRun }) =>
  attempt(async () => {
    const restored = { ...live, tableName: from }
    if (dryRun) {
      const profiles = await countMissingProfiles(restored, live, [user])
      return { counts: { profiles }, problems: [] }
    }
    const profiles = await restoreProfiles(restored, live, [user])
    await spreadProfile(live, user)
    const { found, left } = await rebuildTotals(live, user)
    return {
      counts: { profiles, totals: found.length },
      problems: describeLeft(nameUser(live.tableName, user), left),
    }
  })

/** @param left rows and totals that are not right yet */
const describeLeft = (place: string, left: unknown[]): string[] =>
  left.length === 0
    ? []
    : [`${place}: events keep changing it, so it is not right yet: run it again`]
