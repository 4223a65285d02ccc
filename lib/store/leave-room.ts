import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { Email } from '../domain/email.ts'
import { InboxError } from '../domain/errors.ts'
import { isPresent, type Room } from '../domain/facts.ts'
import { membersOf, projectRow } from '../domain/project-row.ts'
import { plusMillisecond, type Timestamp, timestampAt } from '../domain/time.ts'
import { ConditionFailed } from './errors.ts'
import { participantKey, roomKey, rowKey } from './keys.ts'
import { projectRoom } from './project-room.ts'
import { readAllFacts, readItems, readRoom, toParticipant, toRoom } from './read-facts.ts'
import { retryContention } from './retry.ts'
import { type StoredRow, toStored } from './rows.ts'
import type { Store } from './table.ts'
import {
  assumedListed,
  listedRowWrites,
  type NewRow,
  totalWrite,
  unlistWrite,
  type Write,
} from './write-row.ts'

/** Who leaves which room. */
export interface Leave {
  caller: Email
  roomId: number
}

/** A leave that is possible: what was read, and the moment that ends the stay. */
interface Leaving extends Leave {
  /** False for one who has come back, and whose row is not in the list again yet. */
  isListed: boolean
  room: Room
  joinedAt: Timestamp
  leftAt: Timestamp
}

/** The room of a leave that has happened, and the revision that it had with the leave. */
interface Left {
  room: Room
  leftWith: number | undefined
}

/** Marks a participant whose leave is to be published to the chat backend. */
const throughApi = 'api'

/**
 * Takes the caller out of a room, all or nothing: row, total, participant and, in a personal room,
 * the other one's row. Leaving twice succeeds twice.
 * @throws InboxError `room_not_found` where the caller never was in the room, `unavailable`
 */
export const leaveRoom = async (store: Store, leave: Leave, signal: AbortSignal): Promise<void> => {
  const { room, leftWith } = await recordLeave(store, leave, signal)
  if (room.type === 'group' || room.revision === leftWith) return
  await retryContention(store, signal, () =>
    projectRoom(
      store,
      leave.roomId,
      { everyone: true, participants: new Set([leave.caller]) },
      signal,
    ),
  )
}

/**
 * Sends the transaction, and then reads a personal room once more. DynamoDB shows a transaction to a
 * Query item by item (read-committed isolation), so that a projection which starts meanwhile can see the
 * room's new revision and yet the participant as present. Such a projection has raised the revision.
 */
const recordLeave = (store: Store, leave: Leave, signal: AbortSignal): Promise<Left> => {
  const met = new Map<Email, StoredRow | undefined>()
  return retryContention(store, signal, async () => {
    const leaving = await readLeaving(store, leave, signal)
    if ('leftWith' in leaving) return leaving

    const { room } = leaving
    const writes = ownWrites(store, leaving)
    const viewerAt = new Map<number, Email>()
    for (const other of await otherRows(store, leaving, signal)) {
      const found = met.has(other.viewer) ? met.get(other.viewer) : assumedListed(other)
      viewerAt.set(writes.length, other.viewer)
      writes.push(...listedRowWrites(store, other, found))
    }

    try {
      await store.client.send(new TransactWriteCommand({ TransactItems: writes }), {
        abortSignal: signal,
      })
    } catch (error) {
      if (error instanceof ConditionFailed)
        for (const [index, item] of error.met) {
          const viewer = viewerAt.get(index)
          if (viewer !== undefined) met.set(viewer, item as StoredRow | undefined)
        }
      throw error
    }
    if (room.type === 'group') return { room, leftWith: undefined }
    return { room: await readRoom(store, room.room_id, signal), leftWith: room.revision + 1 }
  })
}

/** @returns {@link Left} for a room that was left before */
const readLeaving = async (
  store: Store,
  { caller, roomId }: Leave,
  signal: AbortSignal,
): Promise<Leaving | Left> => {
  const keys = [rowKey(caller, roomId), participantKey(roomId, caller), roomKey(roomId)]
  const items = await readItems(store, keys, signal)
  const [row, participant, roomItem] = keys.map(({ pk, sk }) =>
    items.find((item) => item['pk'] === pk && item['sk'] === sk),
  )
  const { activity, left_at, revision } = (row ?? {}) as Partial<StoredRow>
  if (activity === undefined && left_at === undefined)
    throw new InboxError(
      'room_not_found',
      `you are in no room ${roomId}: take the room_id from your list of rooms`,
    )
  const room = toRoom(roomId, roomItem ?? {})
  const me = toParticipant(participant!)
  if (activity === undefined && !isPresent(me)) return { room, leftWith: revision }
  const joinedAt = me.joined_at!
  const now = timestampAt(store.now())
  return {
    caller,
    roomId,
    isListed: activity !== undefined,
    room,
    joinedAt,
    leftAt: [now, plusMillisecond(joinedAt), me.left_at ?? now].sort().at(-1)!,
  }
}

const ownWrites = ({ tableName }: Store, leaving: Leaving): Write[] => {
  const { caller, roomId, isListed, room, joinedAt, leftAt } = leaving
  const revision = room.type === 'group' ? undefined : room.revision + 1
  return [
    unlistWrite(
      tableName,
      { viewer: caller, roomId, leftAt, ...(revision && { revision }) },
      isListed ? 'attribute_exists(activity)' : 'attribute_not_exists(activity)',
    ),
    ...(isListed ? [totalWrite(tableName, caller, room.type!, -1)] : []),
    {
      Update: {
        TableName: tableName,
        Key: participantKey(roomId, caller),
        // The pipe that publishes the leave cannot cut the room's id out of the key, nor make a
        // number of one: it is a string here and there.
        UpdateExpression: 'SET left_at = :left_at, left_through = :api, room_id = :room_id',
        ConditionExpression:
          'joined_at = :joined_at AND (attribute_not_exists(left_at) OR left_at <= :left_at)',
        ExpressionAttributeValues: {
          ':left_at': leftAt,
          ':api': throughApi,
          ':room_id': String(roomId),
          ':joined_at': joinedAt,
        },
      },
    },
    ...(revision === undefined ? [] : [roomWrite(tableName, room, revision)]),
  ]
}

/**
 * The room is still as it was read: none of its facts was projected since, and one that was not
 * created yet still is not. A creation that comes later reads the leave among its facts.
 */
const roomWrite = (tableName: string, room: Room, revision: number): Write => {
  const isNotCreated = 'attribute_not_exists(#type) AND '
  return {
    Update: {
      TableName: tableName,
      Key: roomKey(room.room_id),
      UpdateExpression: 'SET revision = :revision',
      ConditionExpression: `${room.type ? '' : isNotCreated}revision = :read`,
      ...(room.type === undefined && { ExpressionAttributeNames: { '#type': 'type' } }),
      ExpressionAttributeValues: { ':revision': revision, ':read': room.revision },
    },
  }
}

/** In a personal room, the rows of those who stay, as they look once the caller has left. */
const otherRows = async (
  store: Store,
  { caller, room, leftAt }: Leaving,
  signal: AbortSignal,
): Promise<NewRow[]> => {
  if (room.type !== 'single') return []
  const read = await readAllFacts(store, room, signal)
  const facts = {
    ...read,
    participants: read.participants.map((participant) =>
      participant.key === caller ? { ...participant, left_at: leftAt } : participant,
    ),
  }
  // Should the caller have joined anew between the two reads, the transaction's condition will tell.
  const others = membersOf(facts.participants).filter(({ key }) => key !== caller)
  return others.map(({ key, joined_at }) => ({
    viewer: key,
    row: toStored(key, projectRow(facts, key)!, room.revision + 1),
    joinedAt: joined_at,
  }))
}
