import { store as live } from '../../../lib/deps.ts'
import type { Email } from '../../../lib/domain/email.ts'
import { rebuildTotals } from '../../../lib/store/maintenance/rebuild-user.ts'
import {
  countMissingProfiles,
  restoreProfiles,
} from '../../../lib/store/maintenance/restore-profiles.ts'
import { countMissingFacts, restoreRoom } from '../../../lib/store/maintenance/restore-room.ts'
import { spreadProfile } from '../../../lib/store/maintenance/spread-profile.ts'
import { attempt, type Outcome } from '../table/outcome.ts'

/** The work on the tables, which threads of their own do: see ../table/workers.ts. */

/** What was copied or corrected, or would be. */
export interface Counts {
  facts: number
  profiles: number
  rows: number
  totals: number
  /** Rows and totals that are not right yet. */
  left: number
}

const nothing: Counts = { facts: 0, profiles: 0, rows: 0, totals: 0, left: 0 }

interface RoomWork {
  /** The name of the restored table. */
  from: string
  roomId: number
  dryRun: boolean
}

export const workOnRoom = ({ from, roomId, dryRun }: RoomWork): Promise<Outcome<Counts>> =>
  attempt(async () => {
    const restored = { ...live, tableName: from }
    if (dryRun) return { ...nothing, facts: await countMissingFacts(restored, live, roomId) }
    const { facts, profiles, rows } = await restoreRoom(restored, live, roomId)
    return { ...nothing, facts, profiles, rows: rows.found.length, left: rows.left.length }
  })

interface UserWork {
  from: string
  user: Email
  dryRun: boolean
}

/** Copies the profile, also into rooms that only the live table has, and corrects the totals: the rows come with the rooms. */
export const workOnUser = ({ from, user, dryRun }: UserWork): Promise<Outcome<Counts>> =>
  attempt(async () => {
    const restored = { ...live, tableName: from }
    if (dryRun) return { ...nothing, profiles: await countMissingProfiles(restored, live, [user]) }
    const profiles = await restoreProfiles(restored, live, [user])
    await spreadProfile(live, user)
    const { found, left } = await rebuildTotals(live, user)
    return { ...nothing, profiles, totals: found.length, left: left.length }
  })
