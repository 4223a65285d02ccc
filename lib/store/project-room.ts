import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import type { Email } from '../domain/email.ts'
import { isPresent, type Room, type RoomFacts } from '../domain/facts.ts'
import { projectRow } from '../domain/project-row.ts'
import { roomKey } from './keys.ts'
import { readAllFacts, readOwnFacts, readRoom, toRoom } from './read-facts.ts'
import { retryContention } from './retry.ts'
import { toStored } from './rows.ts'
import type { Store } from './table.ts'
import { writeListedRow, writeTombstone } from './write-row.ts'

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
  { everyone, participants }: Affected,
  signal: AbortSignal,
): Promise<number> => {
  const room = await raiseRevision(store, roomId, signal)
  const all = room.type === 'single' || (room.type === 'group' && everyone)
  const facts = all
    ? await readAllFacts(store, room, signal)
    : await readOwnFacts(store, room, [...participants], signal)
  const viewers = facts.participants.filter(
    (participant) => participants.has(participant.key) || (all && isPresent(participant)),
  )
  const written = await pMap(viewers, ({ key }) => writeRow(store, facts, key, signal), {
    concurrency,
  })
  return written.filter(Boolean).length
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
  viewer: Email,
  signal: AbortSignal,
): Promise<boolean> => {
  const { room_id, revision } = facts.room
  const me = facts.participants.find(({ key }) => key === viewer)
  const row = projectRow(facts, viewer)
  if (row !== undefined && me?.joined_at !== undefined)
    return writeListedRow(
      store,
      { viewer, row: toStored(viewer, row, revision), joinedAt: me.joined_at },
      signal,
    )
  if (me?.left_at !== undefined && !isPresent(me))
    return writeTombstone(store, { viewer, roomId: room_id, leftAt: me.left_at, revision }, signal)
  return false
}
