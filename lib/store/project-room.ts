import pMap from 'p-map'
import type { Email } from '../domain/email.ts'
import { projectRow, type RoomView, viewRoom } from '../domain/project-row.ts'
import { isPresent, type Participant, type Room } from '../domain/room-state.ts'
import { parseRoom } from './facts/items.ts'
import { readOwnState, readRoomState } from './facts/read-room.ts'
import { roomKey } from './keys.ts'
import { toStored } from './rows/stored-row.ts'
import { unlistRow } from './rows/unlist-row.ts'
import { writeListedRow } from './rows/write-row.ts'
import type { Store } from './store.ts'
import { update } from './update.ts'

/** The participants whose rows may have changed. */
export interface Affected {
  /** Everybody in the room. The rows of a personal room show both members, so there it is always everybody. */
  everyone: boolean
  /** Those who joined, left, read or set a flag. */
  participants: Set<Email>
}

/** Ten calls of 25 rows. Rows that are not written together take a call each, and the client has 50 connections. */
const concurrency = { together: 250, alone: 32 }

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
  return writeRows(store, await readAffected(store, room, affected), newcomers)
}

/** The second step. The number that it returns orders the projections of a room. */
export const raiseRevision = async (store: Store, roomId: number): Promise<Room> => {
  const key = roomKey(roomId)
  const outcome = await store.together?.change(key, {
    set: { text: 'SET "revision" = revision + 1', parameters: [] },
    condition: { text: '"revision" IS NOT MISSING', parameters: [] },
    returning: 'ALL NEW *',
  })
  if (outcome?.isDone === true && outcome.item) return parseRoom(roomId, outcome.item)
  const raised = await update(store, {
    Key: key,
    UpdateExpression: 'ADD revision :one',
    ExpressionAttributeValues: { ':one': 1 },
    ReturnValues: 'ALL_NEW',
  })
  // It has no condition that could fail.
  return parseRoom(roomId, raised)
}

/** What the rows of the affected participants show, and whose rows they are. */
interface AffectedRows {
  view: RoomView
  viewers: Participant[]
}

/** The third step. */
export const readAffected = async (
  store: Store,
  room: Room,
  { everyone, participants }: Affected,
): Promise<AffectedRows> => {
  const all = room.type === 'single' || (room.type === 'group' && everyone)
  const state = all
    ? await readRoomState(store, room)
    : await readOwnState(store, room, [...participants])
  const viewers = state.participants.filter(
    (participant) => participants.has(participant.key) || (all && isPresent(participant)),
  )
  return { view: viewRoom(state), viewers }
}

/**
 * The fourth step. The rows get the revision of the room, which was raised or read before the facts were read.
 * @returns how many rows were written
 */
export const writeRows = async (
  store: Store,
  { view, viewers }: AffectedRows,
  newcomers = new Set<Email>(),
): Promise<number> => {
  const written = await pMap(
    viewers,
    (viewer) => writeRowOf(store, view, viewer, newcomers.has(viewer.key)),
    { concurrency: store.together ? concurrency.together : concurrency.alone },
  )
  return written.filter(Boolean).length
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
      { viewer, row: toStored(viewer, row, revision), joinedAt },
      isNewcomer ? {} : undefined,
    )
  // A room that is not created yet is in nobody's list, and somebody who never joined has no row.
  const isHere = isPresent(participant)
  if (isHere ? type === undefined : leftAt === undefined) return Promise.resolve(false)
  const left = isHere || leftAt === undefined ? {} : { leftAt }
  return unlistRow(store, { viewer, roomId, revision, ...left })
}
