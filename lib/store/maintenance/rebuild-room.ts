import { setTimeout } from 'node:timers/promises'
import pMap from 'p-map'
import { completeLostJoins } from './complete-lost-joins.ts'
import { findSettledWrongRows, findWrongRows, type WrongRow } from './find-wrong-rows.ts'
import { makeLeaveFact } from '../facts/facts-of-event.ts'
import { readRoom } from '../facts/read-room.ts'
import { recordFacts } from '../facts/record-event.ts'
import { projectRoom } from '../project-room.ts'
import { liftRevision } from './lift-revision.ts'
import { correctDamagedTotals } from './rebuild-user.ts'
import { findTwice, type Repaired, repairUntilRight } from './repair.ts'
import { clearRow } from './clear-row.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../store.ts'

const concurrency = 16

/** A projection leaves such a row as it is, or would change the wrong total. */
const isOutOfReach: ReadonlySet<WrongRow['problem']> = new Set([
  'misplaced',
  'listed',
  'not emptied',
])

/** A requested projection of a large group has written the rows after this time, unless the queue is behind. */
const projectionMs = 10_000

/**
 * Finds the rows of a room that differ from its facts, and writes nothing. A row of a large group may only wait for its
 * projection, so it counts if it is still the same after a while.
 * @param waitMs how long to wait, in milliseconds
 */
export const checkRoom = async (
  store: Store,
  roomId: number,
  waitMs = projectionMs,
): Promise<WrongRow[]> => {
  const wrong = await findTwice(store, () => findSettledWrongRows(store, roomId))
  if (wrong.length === 0) return []
  const { projected } = await readRoom(store, roomId)
  if (projected === undefined) return wrong
  await setTimeout(waitMs, undefined, { signal: store.signal })
  const later = await retryContention(store, () => findWrongRows(store, roomId))
  const revisions = new Map(wrong.map(({ viewer, found }) => [viewer, found.revision]))
  return later.filter(
    ({ viewer, found }) => revisions.has(viewer) && revisions.get(viewer) === found.revision,
  )
}

/**
 * Writes the rows of a room that differ from its facts, by a projection with a new revision. Right rows are only
 * read. What it finds can include rows that an event has just written.
 */
export const rebuildRoom = (store: Store, roomId: number): Promise<Repaired<WrongRow>> =>
  repairUntilRight(
    store,
    async () => {
      const wrong = await findWrongRows(store, roomId)
      // Projecting a row that an event has just written does no harm, and the other repairs might.
      return wrong.every(isStale) ? wrong : findSettledWrongRows(store, roomId)
    },
    (wrong) => writeRows(store, roomId, wrong),
  )

/** Whether a projection is enough: it writes the row, unless the row is newer, and then the row is right. */
const isStale = ({ problem }: WrongRow): boolean => problem === 'stale'

/** @returns whether all rows are certainly right now */
const writeRows = async (store: Store, roomId: number, wrong: WrongRow[]): Promise<boolean> => {
  const changed = wrong.filter((row) => !isStale(row)).map(({ viewer }) => viewer)
  await correctDamagedTotals(store, changed)
  await pMap(
    wrong,
    async ({ viewer, problem, found }) => {
      // The partition of the room was lost after the leave, and the tombstone was not.
      if (problem === 'leave lost')
        await recordFacts(store, [makeLeaveFact(roomId, viewer, found.left_at!)])
      else if (isOutOfReach.has(problem)) await clearRow(store, { viewer, roomId, found })
    },
    { concurrency },
  )
  // An update of a profile did not find the room if its row was lost.
  const missing = wrong.filter(({ problem }) => problem === 'missing').map(({ viewer }) => viewer)
  if (missing.length > 0) await completeLostJoins(store, roomId, missing)
  const ahead = wrong.filter(({ problem }) => problem === 'ahead')
  const highest = Math.max(...ahead.map(({ found }) => found.revision ?? 0))
  if (ahead.length > 0) await liftRevision(store, roomId, highest)
  const participants = new Set(wrong.map(({ viewer }) => viewer))
  await projectRoom(store, roomId, { everyone: false, participants }, new Set(missing))
  return wrong.every(isStale)
}
