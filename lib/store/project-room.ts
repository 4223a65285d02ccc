import { isDeepStrictEqual } from 'node:util'
import pMap from 'p-map'
import type { Email } from '../domain/email.ts'
import { projectRow, type RoomView, viewRoom } from '../domain/project-row.ts'
import { isPresent, type Participant, type Room } from '../domain/room-state.ts'
import { parseRoom } from './facts/items.ts'
import type { News } from './facts/news.ts'
import { readOwnState, readRoom, readRoomState } from './facts/read-room.ts'
import type { Item } from './item.ts'
import { roomKey, rowKey } from './keys.ts'
import { readItems } from './read-items.ts'
import { parseRowStatus, toStored } from './rows/stored-row.ts'
import { unlistRow } from './rows/unlist-row.ts'
import { writeListedRow } from './rows/write-row.ts'
import type { Store } from './store.ts'
import { update } from './update.ts'

/** The participants whose rows may have changed. */
export interface Affected {
  /** Everybody in the room. The rows of a personal room show both members, so there it is always everybody. */
  everyone: boolean
  /** Those who joined, left, read or muted. */
  participants: Set<Email>
}

const concurrency = 32

/**
 * Derives the rows of a room from its facts. The order of the steps matters: raise the revision, then read the facts,
 * then write the rows with the number that the update returned. docs/protocol.md explains why.
 * @param newcomers people whose row is probably not listed, which saves a write that would fail
 * @returns how many rows were written
 */
export const projectRoom = async (
  store: Store,
  roomId: number,
  affected: Affected,
  newcomers = new Set<Email>(),
): Promise<number> => {
  const room = await raiseRevision(store, roomId)
  const { view, viewers } = await readAffected(store, room, affected)
  const written = await pMap(
    viewers,
    (viewer) => writeRowOf(store, view, viewer, newcomers.has(viewer.key)),
    { concurrency },
  )
  return written.filter(Boolean).length
}

/**
 * Writes what recorded events may have changed in the rows of a room. If no value changed, the rows are compared
 * with the facts first, because an earlier attempt may have stopped before it wrote them. Nothing is written if
 * every row is current.
 *
 * After a fact that was known before, a current row shows what the facts say and has the revision of the room: a
 * projection that is still running has no greater revision, so it cannot replace such a row. If only times have
 * changed, the revision does not matter: a projection that is still running shows the same values.
 * @returns how many rows were written
 */
export const projectNews = async (
  store: Store,
  roomId: number,
  news: News,
  affected: Affected,
  newcomers?: Set<Email>,
): Promise<number> => {
  if (news === 'values') return projectRoom(store, roomId, affected, newcomers)
  const room = await readRoom(store, roomId)
  const { view, viewers } = await readAffected(store, room, affected)
  const keys = viewers.map(({ key }) => rowKey(key, roomId))
  const rows = await readItems(store, keys)
  const isCurrent = (viewer: Participant, stored: Item | undefined): boolean => {
    const { activity, revision, left_at = '' } = parseRowStatus(stored)
    const expected = projectRow(view, viewer)
    const expectedRevision = news === 'times' ? (revision ?? 0) : room.revision
    if (expected) return isDeepStrictEqual(stored, toStored(viewer, expected, expectedRevision))
    if (activity !== undefined) return false
    // A hidden row has a revision, and a tombstone the time of the leave.
    return isPresent(viewer) && room.type !== undefined
      ? (revision ?? 0) === expectedRevision
      : left_at >= (viewer.left_at ?? '')
  }
  const outdated = viewers
    .filter((viewer, index) => !isCurrent(viewer, rows[index]))
    .map(({ key }) => key)
  if (outdated.length === 0) return 0
  return projectRoom(store, roomId, { everyone: false, participants: new Set(outdated) }, newcomers)
}

/** Writes what facts may have changed that only the rows of a personal room show. */
export const projectPersonalRoom = async (
  store: Store,
  roomId: number,
  news: News,
): Promise<number> => {
  const { type } = await readRoom(store, roomId)
  if (type !== 'single') return 0
  return projectNews(store, roomId, news, { everyone: true, participants: new Set() })
}

/** The second step. The number that it returns orders the projections of a room. */
const raiseRevision = async (store: Store, roomId: number): Promise<Room> => {
  const raised = await update(store, {
    Key: roomKey(roomId),
    UpdateExpression: 'ADD revision :one',
    ExpressionAttributeValues: { ':one': 1 },
    ReturnValues: 'ALL_NEW',
  })
  // It has no condition that could fail.
  return parseRoom(roomId, raised)
}

/** Reads what the rows of the affected participants show, and whose rows they are. */
const readAffected = async (
  store: Store,
  room: Room,
  { everyone, participants }: Affected,
): Promise<{ view: RoomView; viewers: Participant[] }> => {
  const all = room.type === 'single' || (room.type === 'group' && everyone)
  const state = all
    ? await readRoomState(store, room)
    : await readOwnState(store, room, [...participants])
  const viewers = state.participants.filter(
    (participant) => participants.has(participant.key) || (all && isPresent(participant)),
  )
  return { view: viewRoom(state), viewers }
}

/** Lists the row of a participant, or takes it out of the list, as the facts say. */
const writeRowOf = (
  store: Store,
  view: RoomView,
  participant: Participant,
  isNewcomer: boolean,
): Promise<boolean> => {
  const { room_id: roomId, revision, type } = view.room
  const { key: viewer, joined_at: joinedAt, left_at: leftAt } = participant
  const row = projectRow(view, participant)
  if (row !== undefined && joinedAt !== undefined)
    return writeListedRow(
      store,
      { viewer, row: toStored(participant, row, revision), joinedAt },
      isNewcomer ? {} : undefined,
    )
  // A room that is not created yet is in nobody's list, and somebody who never joined has no row.
  const isHere = isPresent(participant)
  if (isHere ? type === undefined : leftAt === undefined) return Promise.resolve(false)
  const left = isHere || leftAt === undefined ? {} : { leftAt }
  return unlistRow(store, { viewer, roomId, revision, ...left })
}
