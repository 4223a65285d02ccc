import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { Email } from '../domain/email.ts'
import { InboxError } from '../domain/errors.ts'
import { isPresent, type Room } from '../domain/facts.ts'
import { projectRow } from '../domain/project-row.ts'
import { plusMillisecond, type Timestamp, timestampAt } from '../domain/time.ts'
import { ConditionFailed } from './errors.ts'
import { participantKey, roomKey, rowKey } from './keys.ts'
import { readAllFacts, readItems, toParticipant, toRoom } from './read-facts.ts'
import { retryContention } from './retry.ts'
import { type StoredRow, toStored } from './rows.ts'
import type { Store } from './table.ts'
import {
  assumedListed,
  leaveWrite,
  listedRowWrites,
  type NewRow,
  totalWrite,
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

/** Set on a participant whose leave the chat backend has yet to hear of. */
const throughApi = 'api'

/**
 * Takes the caller out of a room, all or nothing: row, total, participant and, in a personal room,
 * the other one's row. Leaving twice succeeds twice.
 * @throws InboxError `room_not_found` where the caller never was in the room, `unavailable`
 */
export const leaveRoom = (store: Store, leave: Leave, signal: AbortSignal): Promise<void> => {
  const met = new Map<Email, StoredRow | undefined>()
  return retryContention(store, signal, async () => {
    const leaving = await readLeaving(store, leave, signal)
    if (leaving === undefined) return

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
  })
}

/** @returns undefined for a room that was left before */
const readLeaving = async (
  store: Store,
  { caller, roomId }: Leave,
  signal: AbortSignal,
): Promise<Leaving | undefined> => {
  const keys = [rowKey(caller, roomId), participantKey(roomId, caller), roomKey(roomId)]
  const items = await readItems(store, keys, signal)
  const [row, participant, room] = keys.map(({ pk, sk }) =>
    items.find((item) => item['pk'] === pk && item['sk'] === sk),
  )
  const { activity, left_at } = (row ?? {}) as Partial<StoredRow>
  if (activity === undefined && left_at === undefined)
    throw new InboxError(
      'room_not_found',
      `you are in no room ${roomId}: take the room_id from your list of rooms`,
    )
  const me = toParticipant(participant!)
  if (activity === undefined && !isPresent(me)) return undefined
  const joinedAt = me.joined_at!
  const now = timestampAt(store.now())
  return {
    caller,
    roomId,
    isListed: activity !== undefined,
    room: toRoom(roomId, room!),
    joinedAt,
    leftAt: [now, plusMillisecond(joinedAt), me.left_at ?? now].sort().at(-1)!,
  }
}

const ownWrites = ({ tableName }: Store, leaving: Leaving): Write[] => {
  const { caller, roomId, isListed, room, joinedAt, leftAt } = leaving
  const revision = room.type === 'single' ? room.revision + 1 : undefined
  return [
    leaveWrite(
      tableName,
      { viewer: caller, roomId, leftAt, ...(revision && { revision }) },
      isListed ? 'attribute_exists(activity)' : 'attribute_not_exists(activity)',
    ),
    ...(isListed ? [totalWrite(tableName, caller, room.type!, -1)] : []),
    {
      Update: {
        TableName: tableName,
        Key: participantKey(roomId, caller),
        // The pipe that tells the chat backend cannot cut the room's id out of the key, nor make a
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

const roomWrite = (tableName: string, room: Room, revision: number): Write => ({
  Update: {
    TableName: tableName,
    Key: roomKey(room.room_id),
    UpdateExpression: 'SET revision = :revision',
    ConditionExpression: 'revision = :read',
    ExpressionAttributeValues: { ':revision': revision, ':read': room.revision },
  },
})

/** In a personal room, the rows of those who stay, as they look once the caller has left. */
const otherRows = async (
  store: Store,
  { caller, room, leftAt }: Leaving,
  signal: AbortSignal,
): Promise<NewRow[]> => {
  if (room.type === 'group') return []
  const read = await readAllFacts(store, room, signal)
  const facts = {
    ...read,
    participants: read.participants.map((participant) =>
      participant.key === caller ? { ...participant, left_at: leftAt } : participant,
    ),
  }
  // Should the caller have joined anew between the two reads, the transaction's condition will tell.
  const others = facts.participants.filter(({ key }) => key !== caller)
  return others.filter(isPresent).map(({ key, joined_at }) => ({
    viewer: key,
    row: toStored(key, projectRow(facts, key)!, room.revision + 1),
    joinedAt: joined_at,
  }))
}
