import { isDeepStrictEqual } from 'node:util'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import type { Email } from '../domain/email.ts'
import { isPresent, type Participant, type Room, type RoomFacts } from '../domain/facts.ts'
import { projectRow } from '../domain/project-row.ts'
import { roomKey, rowKey } from './keys.ts'
import { readAllFacts, readItems, readOwnFacts, readRoom, toRoom } from './read-facts.ts'
import { retryContention } from './retry.ts'
import { type StoredRow, toStored } from './rows.ts'
import type { Store } from './table.ts'
import { unlistRow, writeListedRow, writeTombstone } from './write-row.ts'

/** Whose rows recorded facts may have changed. */
export interface Affected {
  /** All who are in the room; in a personal room, which shows everybody, they always are. */
  everyone: boolean
  /** Those whose own joining, leaving or reading it was. */
  participants: Set<Email>
}

const concurrency = 32

/**
 * Derives the rows of a room from its facts. The order makes it converge: the revision is raised
 * first, the facts are read after that, and rows bear the number which that very update returned.
 * @returns how many rows were written
 */
export const projectRoom = async (
  store: Store,
  roomId: number,
  affected: Affected,
  signal: AbortSignal,
): Promise<number> => {
  const room = await raiseRevision(store, roomId, signal)
  const { facts, viewers } = await readAffected(store, room, affected, signal)
  const written = await pMap(viewers, (viewer) => writeRow(store, facts, viewer, signal), {
    concurrency,
  })
  return written.filter(Boolean).length
}

/**
 * For facts that were all known before. An earlier attempt may have ended before it wrote the rows,
 * so they are compared; nothing is written where each of them is of the room's revision and says
 * what the facts say. A projection that is still at work cannot replace such a row: its revision is
 * no greater.
 * @returns how many rows were written
 */
export const projectUnlessCurrent = async (
  store: Store,
  roomId: number,
  affected: Affected,
  signal: AbortSignal,
): Promise<number> => {
  const room = await readRoom(store, roomId, signal)
  const { facts, viewers } = await readAffected(store, room, affected, signal)
  const keys = viewers.map(({ key }) => rowKey(key, roomId))
  const items = (await readItems(store, keys, signal)) as StoredRow[]
  const rows = new Map(items.map((row) => [row.pk, row]))
  const isCurrent = viewers.every((viewer) => {
    const row = rows.get(rowKey(viewer.key, roomId).pk)
    const expected = projectRow(facts, viewer.key)
    if (expected)
      return isDeepStrictEqual(row, { ...toStored(viewer.key, expected, room.revision) })
    const leftAt = isPresent(viewer) ? '' : (viewer.left_at ?? '')
    return row?.activity === undefined && (row?.left_at ?? '') >= leftAt
  })
  return isCurrent ? 0 : projectRoom(store, roomId, affected, signal)
}

/** For facts that only a personal room's rows show. A room not created yet is projected by its creation. */
export const projectPersonalRoom = async (
  store: Store,
  roomId: number,
  signal: AbortSignal,
): Promise<number> => {
  const { type } = await readRoom(store, roomId, signal)
  if (type !== 'single') return 0
  return projectRoom(store, roomId, { everyone: true, participants: new Set() }, signal)
}

/** The facts that the rows of those affected show, and whose rows they are. */
const readAffected = async (
  store: Store,
  room: Room,
  { everyone, participants }: Affected,
  signal: AbortSignal,
): Promise<{ facts: RoomFacts; viewers: Participant[] }> => {
  const all = room.type === 'single' || (room.type === 'group' && everyone)
  const facts = all
    ? await readAllFacts(store, room, signal)
    : await readOwnFacts(store, room, [...participants], signal)
  const viewers = facts.participants.filter(
    (participant) => participants.has(participant.key) || (all && isPresent(participant)),
  )
  return { facts, viewers }
}

const raiseRevision = async (store: Store, roomId: number, signal: AbortSignal): Promise<Room> => {
  const { Attributes } = await retryContention(store, signal, () =>
    store.client.send(
      new UpdateCommand({
        TableName: store.tableName,
        Key: roomKey(roomId),
        UpdateExpression: 'ADD revision :one',
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'ALL_NEW',
      }),
      { abortSignal: signal },
    ),
  )
  return toRoom(roomId, Attributes ?? {})
}

const writeRow = async (
  store: Store,
  facts: RoomFacts,
  participant: Participant,
  signal: AbortSignal,
): Promise<boolean> => {
  const { room_id: roomId, type, revision } = facts.room
  const { key: viewer, joined_at: joinedAt, left_at: leftAt } = participant
  const row = projectRow(facts, viewer)
  if (row !== undefined && joinedAt !== undefined)
    return writeListedRow(store, { viewer, row: toStored(viewer, row, revision), joinedAt }, signal)
  if (!isPresent(participant))
    return (
      leftAt !== undefined && writeTombstone(store, { viewer, roomId, leftAt, revision }, signal)
    )
  return type === 'single' && unlistRow(store, { viewer, roomId, revision }, signal)
}
