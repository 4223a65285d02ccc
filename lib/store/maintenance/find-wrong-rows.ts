import { isDeepStrictEqual } from 'node:util'
import type { Email } from '../../domain/email.ts'
import { projectRow, type RoomView, viewRoom } from '../../domain/project-row.ts'
import { isPresent, type Participant, type RoomState } from '../../domain/room-state.ts'
import { readRoom, readWholeRoom } from '../facts/read-room.ts'
import type { Item } from '../item.ts'
import { findListing, rowKey } from '../keys.ts'
import { readItems } from '../read-items.ts'
import {
  attributesWhileListed,
  parseRowStatus,
  type RowStatus,
  toStored,
  withoutStamp,
} from '../rows/stored-row.ts'
import type { Store } from '../store.ts'

/**
 * - `missing`: the viewer is in the room, and the row is not listed; if the room is not created yet, there is no stub
 * - `stale`: the row is listed and does not show what the facts say, or has another form
 * - `misplaced`: the row is listed without a revision, or in the listing of the other type
 * - `listed`: the row is listed, and the viewer is not in the room
 * - `unmarked`: the viewer left, and no tombstone says so
 * - `not emptied`: the row is not listed and still holds what it showed
 * - `ahead`: the row has a revision that the room has not reached, so it would keep later projections out
 * - `leave lost`: a tombstone says that the viewer left, and the facts do not
 */
type RowProblem =
  'missing' | 'stale' | 'misplaced' | 'listed' | 'unmarked' | 'not emptied' | 'ahead' | 'leave lost'

/** A row that differs from what the facts of its room say. */
export interface WrongRow {
  roomId: number
  viewer: Email
  problem: RowProblem
  /** The row as it was read. */
  found: RowStatus
}

/** If a room is projected more often than this while it is compared, the last comparison counts. */
const attempts = 4

/**
 * Compares the rows of everybody who is or was in a room with its facts. The rows are read last, so a row of newer
 * facts, which was projected in between, is found as well.
 */
export const findWrongRows = async (store: Store, roomId: number): Promise<WrongRow[]> =>
  compareRows(store, await readWholeRoom(store, roomId))

/** Does the same, and compares again if the room was projected in between. */
export const findSettledWrongRows = async (store: Store, roomId: number): Promise<WrongRow[]> => {
  for (let attempt = 1; ; attempt += 1) {
    const state = await readWholeRoom(store, roomId)
    const wrong = await compareRows(store, state)
    if (wrong.length === 0 || attempt === attempts) return wrong
    const { revision } = await readRoom(store, roomId)
    if (revision === state.room.revision) return wrong
  }
}

const compareRows = async (store: Store, state: RoomState): Promise<WrongRow[]> => {
  const roomId = state.room.room_id
  const view = viewRoom(state)
  const keys = view.participants.map(({ key }) => rowKey(key, roomId))
  const rows = await readItems(store, keys)
  return view.participants.flatMap((participant, index) => {
    const row = rows[index]
    const found = parseRowStatus(row)
    const problem = findProblem(view, participant, row, found)
    return problem === undefined ? [] : { roomId, viewer: participant.key, problem, found }
  })
}

const findProblem = (
  view: RoomView,
  participant: Participant,
  row: Item | undefined,
  { activity, revision, left_at: markedAt = '' }: RowStatus,
): RowProblem | undefined => {
  const { left_at: leftAt = '' } = participant
  if (
    activity !== undefined &&
    (revision === undefined || findListing(activity) !== view.room.type)
  )
    return 'misplaced'
  if ((revision ?? 0) > view.room.revision) return 'ahead'
  if (activity === undefined && markedAt > leftAt) return 'leave lost'
  const expected = projectRow(view, participant)
  if (expected) {
    if (activity === undefined) return 'missing'
    const isSame = isDeepStrictEqual(
      withoutStamp(row),
      toStored(participant.key, expected, revision!),
    )
    return isSame ? undefined : 'stale'
  }
  if (activity !== undefined) return 'listed'
  if (row && attributesWhileListed.some((name) => row[name] !== undefined)) return 'not emptied'
  if (!isPresent(participant)) return markedAt < leftAt ? 'unmarked' : undefined
  return row === undefined ? 'missing' : undefined
}
