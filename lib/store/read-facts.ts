import {
  BatchGetCommand,
  GetCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb'
import type { Email } from '../domain/email.ts'
import type { Profile } from '../domain/events.ts'
import type { Comment, Participant, Room, RoomFacts } from '../domain/facts.ts'
import { isSettled } from '../domain/project-row.ts'
import type { Timestamp } from '../domain/time.ts'
import { Contention, type Item } from './errors.ts'
import {
  commentIdOf,
  commentPrefix,
  type Key,
  participantKey,
  participantOf,
  participantPrefix,
  profileKey,
  roomKey,
  roomPartition,
} from './keys.ts'
import type { Store } from './table.ts'

/** The first page holds a young or quiet room; each next page is twice as large, so busy rooms take few calls. */
const firstPageSize = 32
/**
 * More than the 999 comments at which counting ends: only a room on top of which many comments were
 * deleted has pages this large, which end at 1 MB.
 */
const largestPageSize = 16_384
/** BatchGetItem takes no more. */
const batchSize = 100

/**
 * Everyone's facts: reading backwards from the room item gives its participants, then its comments
 * from the newest to where the last reader's counting ends.
 */
export const readAllFacts = async (
  store: Store,
  room: Room,
  signal: AbortSignal,
): Promise<RoomFacts> => {
  const facts: RoomFacts = { room, participants: [], comments: [] }
  const beforeRoom = { condition: 'sk < :bound', bound: roomKey(room.room_id).sk }
  for await (const items of backwards(store, room.room_id, beforeRoom, signal)) {
    for (const item of items) {
      if (isComment(item)) facts.comments.push(toComment(item))
      else facts.participants.push(toParticipant(item))
    }
    if (isSettled(facts)) break
  }
  return facts
}

/** The facts for the rows of a few participants of a group, which show nobody else. */
export const readOwnFacts = async (
  store: Store,
  room: Room,
  emails: Email[],
  signal: AbortSignal,
): Promise<RoomFacts> => {
  const keys = emails.map((email) => participantKey(room.room_id, email))
  const participants = (await readItems(store, keys, signal)).map(toParticipant)
  const facts: RoomFacts = { room, participants, comments: [] }
  const allComments = { condition: 'begins_with(sk, :bound)', bound: commentPrefix }
  for await (const items of backwards(store, room.room_id, allComments, signal)) {
    facts.comments.push(...items.map(toComment))
    if (isSettled(facts)) break
  }
  return facts
}

/** All participants of a room, those included who left. */
export const readAllParticipants = async (
  store: Store,
  roomId: number,
  signal: AbortSignal,
): Promise<Participant[]> => {
  const participants: Participant[] = []
  const bounds = { condition: 'begins_with(sk, :bound)', bound: participantPrefix }
  for await (const items of backwards(store, roomId, bounds, signal))
    participants.push(...items.map(toParticipant))
  return participants
}

/**
 * Items by their keys, read consistently, in no particular order.
 * @throws Contention where DynamoDB left keys out, as it does when it throttles
 */
export const readItems = async (
  store: Store,
  keys: Key[],
  signal: AbortSignal,
): Promise<Item[]> => {
  const batches = Array.from({ length: Math.ceil(keys.length / batchSize) }, (_, index) =>
    readBatch(store, keys.slice(index * batchSize, (index + 1) * batchSize), signal),
  )
  return (await Promise.all(batches)).flat()
}

const readBatch = async (store: Store, keys: Key[], signal: AbortSignal): Promise<Item[]> => {
  const { Responses, UnprocessedKeys } = await store.client.send(
    new BatchGetCommand({
      RequestItems: { [store.tableName]: { Keys: keys, ConsistentRead: true } },
    }),
    { abortSignal: signal },
  )
  if (UnprocessedKeys && Object.keys(UnprocessedKeys).length > 0) throw new Contention()
  return Responses?.[store.tableName] ?? []
}

async function* backwards(
  store: Store,
  roomId: number,
  { condition, bound }: { condition: string; bound: string },
  signal: AbortSignal,
): AsyncGenerator<Item[]> {
  let from: Item | undefined
  let pageSize = firstPageSize
  do {
    const answer: QueryCommandOutput = await store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: `pk = :pk AND ${condition}`,
        ExpressionAttributeValues: { ':pk': roomPartition(roomId).pk, ':bound': bound },
        Limit: pageSize,
        ...(from && { ExclusiveStartKey: from }),
      }),
      { abortSignal: signal },
    )
    yield answer.Items ?? []
    from = answer.LastEvaluatedKey
    pageSize = Math.min(pageSize * 2, largestPageSize)
  } while (from !== undefined)
}

const isComment = (item: Item): boolean => (item['sk'] as string).startsWith(commentPrefix)

/** A room of which nothing is known has revision 0 and no type. */
export const readRoom = async (
  store: Store,
  roomId: number,
  signal: AbortSignal,
): Promise<Room> => {
  const { Item } = await store.client.send(
    new GetCommand({ TableName: store.tableName, Key: roomKey(roomId), ConsistentRead: true }),
    { abortSignal: signal },
  )
  return toRoom(roomId, Item ?? {})
}

/** A user's profile, and the sort key of the last room that it has reached. */
export interface StoredProfile extends Profile {
  profile_as_of: Timestamp
  reached?: string
}

export const readProfile = async (
  store: Store,
  email: Email,
  signal: AbortSignal,
): Promise<StoredProfile | undefined> => {
  const { Item } = await store.client.send(
    new GetCommand({ TableName: store.tableName, Key: profileKey(email), ConsistentRead: true }),
    { abortSignal: signal },
  )
  return Item as StoredProfile | undefined
}

export const toRoom = (roomId: number, item: Item): Room => ({
  revision: 0,
  ...item,
  room_id: roomId,
})

export const toParticipant = (item: Item): Participant => {
  const joinings = item['joinings'] as ReadonlySet<Timestamp> | undefined
  return {
    ...item,
    ...(joinings && { joinings: [...joinings] }),
    key: participantOf(item['sk'] as string),
  }
}

const toComment = (item: Item): Comment => ({
  ...item,
  comment_id: commentIdOf(item['sk'] as string),
})
