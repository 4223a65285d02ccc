import pMap from 'p-map'
import type { RoomType } from '../domain/room-state.ts'
import { completeJoinings } from './complete-joinings.ts'
import { findWrongRows, type WrongRow } from './find-wrong-rows.ts'
import { makeLeaveFact } from './facts/facts-of-event.ts'
import { readRoom } from './facts/read-room.ts'
import { recordFact } from './facts/record-event.ts'
import { findListing } from './keys.ts'
import { liftRevision, projectRoom } from './project-room.ts'
import { findTwice, type Repaired, repairUntilRight } from './repair.ts'
import { clearRow } from './rows/clear-row.ts'
import type { Store } from './table.ts'

const concurrency = 16

/** Finds the rows of a room that differ from its facts, and writes nothing. */
export const checkRoom = (store: Store, roomId: number): Promise<WrongRow[]> =>
  findTwice(store, () => findWrongRows(store, roomId))

/**
 * Writes the rows of a room that differ from its facts, by a projection with a new revision. A row that is
 * right is only read.
 */
export const rebuildRoom = (store: Store, roomId: number): Promise<Repaired<WrongRow>> =>
  repairUntilRight(
    store,
    () => findWrongRows(store, roomId),
    (wrong) => writeRows(store, roomId, wrong),
  )

const writeRows = async (store: Store, roomId: number, wrong: WrongRow[]): Promise<void> => {
  const { type, revision } = await readRoom(store, roomId)
  await pMap(
    wrong,
    async (row) => {
      const { viewer, problem, found } = row
      // The partition of the room was lost after the leave, and the tombstone was not.
      if (problem === 'leave lost')
        await recordFact(store, makeLeaveFact(roomId, viewer, found.left_at!))
      else if (isOutOfReach(row, type)) await clearRow(store, { viewer, roomId, found })
    },
    { concurrency },
  )
  // An update of a profile did not find the room if its row was lost.
  const missing = wrong.filter(({ problem }) => problem === 'missing').map(({ viewer }) => viewer)
  if (missing.length > 0) await completeJoinings(store, roomId, missing)
  const highest = Math.max(...wrong.map(({ found }) => found.revision ?? 0))
  if (highest > revision) await liftRevision(store, roomId, highest)
  const participants = new Set(wrong.map(({ viewer }) => viewer))
  await projectRoom(store, roomId, { everyone: false, participants }, new Set(missing))
}

/**
 * Whether a projection leaves the row as it is, or would change the wrong total: a row without a revision, a row
 * in a listing of the other type, and a row that nobody's facts account for.
 */
const isOutOfReach = ({ problem, found }: WrongRow, type: RoomType | undefined): boolean => {
  if (problem === 'listed' || problem === 'not emptied') return true
  const { activity, revision } = found
  return activity !== undefined && (revision === undefined || findListing(activity) !== type)
}
