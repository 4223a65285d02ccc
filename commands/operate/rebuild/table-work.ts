import { store } from '../../../lib/deps.ts'
import type { WrongRow } from '../../../lib/store/maintenance/find-wrong-rows.ts'
import { checkRoom, rebuildRoom } from '../../../lib/store/maintenance/rebuild-room.ts'
import {
  checkTotals,
  checkUser,
  rebuildTotals,
  rebuildUser,
  type WrongOfUser,
  type WrongTotal,
} from '../../../lib/store/maintenance/rebuild-user.ts'
import type { Repaired } from '../../../lib/store/maintenance/repair.ts'
import { attempt, nameUser } from '../table/outcome.ts'
import type { WorkOnRoom, WorkOnUser } from '../table/run-visits.ts'
import type { Visited } from '../table/visit-report.ts'

/** The work on the table. Separate threads do it: see ../table/workers.ts. */

export interface Task {
  dryRun: boolean
  /** For a user, works only on the totals, and not on the rows of rooms that do not know the user. */
  onlyTotals: boolean
}

export const workOnRoom: WorkOnRoom<Task> = ({ roomId, dryRun }) =>
  attempt(async () =>
    describe(dryRun ? leave(await checkRoom(store, roomId)) : await rebuildRoom(store, roomId)),
  )

export const workOnUser: WorkOnUser<Task> = ({ user, dryRun, onlyTotals }) =>
  attempt(async () => {
    const check = onlyTotals ? checkTotals : checkUser
    const rebuild = onlyTotals ? rebuildTotals : rebuildUser
    return describe(dryRun ? leave(await check(store, user)) : await rebuild(store, user))
  })

/** A check corrects nothing, so everything that it finds is left. */
const leave = <Wrong>(found: Wrong[]): Repaired<Wrong> => ({ found, left: found })

/** Counts what was wrong, and names what still is. Users are named by hashes, and no text is shown. */
const describe = ({ found, left }: Repaired<WrongOfUser>): Visited => {
  const rows = found.filter((wrong) => 'roomId' in wrong).length
  return {
    counts: { rows, totals: found.length - rows },
    problems: left.map((wrong) =>
      'roomId' in wrong
        ? `room ${wrong.roomId}, ${nameUser(store.tableName, wrong.viewer)}: ${rowProblems[wrong.problem]}`
        : `${nameUser(store.tableName, wrong.user)}: ${describeTotal(wrong)}`,
    ),
  }
}

const rowProblems: Record<WrongRow['problem'], string> = {
  missing: 'the row is missing',
  stale: 'the row does not show what the facts say',
  misplaced: 'the row is in the other listing, or has no revision',
  listed: 'the row is listed, and the user is not in the room',
  unmarked: 'no row says that the user has left',
  'not emptied': 'the row is not listed, and still has what it showed',
  ahead: 'the row has a higher revision than the room',
  'leave lost': 'the row says that the user has left, and the facts do not',
}

const listings = { single: 'personal rooms', group: 'groups' }

const describeTotal = ({ type, stored, counted }: WrongTotal): string =>
  stored === counted
    ? `the total of ${listings[type]} is not listed`
    : `the total of ${listings[type]} is ${stored ?? 'missing'}, and ${counted} ${counted === 1 ? 'is' : 'are'} listed`
