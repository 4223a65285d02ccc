import { store } from '../../../lib/deps.ts'
import type { Email } from '../../../lib/domain/email.ts'
import type { WrongRow } from '../../../lib/store/maintenance/find-wrong-rows.ts'
import { checkRoom, rebuildRoom } from '../../../lib/store/maintenance/rebuild-room.ts'
import {
  checkTotals,
  checkUser,
  rebuildTotals,
  rebuildUser,
  type WrongOfUser,
} from '../../../lib/store/maintenance/rebuild-user.ts'
import type { Repaired } from '../../../lib/store/maintenance/repair.ts'
import { attempt, type Outcome } from '../table/outcome.ts'

/** The work on the table, which threads of their own do: see ../table/workers.ts. */

interface RoomWork {
  roomId: number
  check: boolean
}

export const workOnRoom = ({ roomId, check }: RoomWork): Promise<Outcome<Repaired<WrongRow>>> =>
  attempt(async () => (check ? leave(await checkRoom(store, roomId)) : rebuildRoom(store, roomId)))

interface UserWork {
  user: Email
  check: boolean
}

/** The totals, and the rows of rooms that do not know the user. */
export const workOnUser = ({ user, check }: UserWork): Promise<Outcome<Repaired<WrongOfUser>>> =>
  attempt(async () => (check ? leave(await checkUser(store, user)) : rebuildUser(store, user)))

export const workOnTotals = ({ user, check }: UserWork): Promise<Outcome<Repaired<WrongOfUser>>> =>
  attempt(async () => (check ? leave(await checkTotals(store, user)) : rebuildTotals(store, user)))

/** A check corrects nothing, so all that it finds is left. */
const leave = <Wrong>(found: Wrong[]): Repaired<Wrong> => ({ found, left: found })
