import {
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb'
import type { Email } from '../../domain/email.ts'
import { hasEnoughComments } from '../../domain/project-row.ts'
import type { Comment, Participant, Room, RoomState } from '../../domain/room-state.ts'
import { isVisible, maxUnread } from '../../domain/standing.ts'
import type { Item } from '../item.ts'
import {
  commentPrefix,
  isComment,
  isRoom,
  type Key,
  participantKey,
  participantPrefix,
  profileKey,
  roomKey,
  roomPartition,
} from '../keys.ts'
import { readItems } from '../read-items.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../store.ts'
import {
  parseComment,
  parseParticipant,
  parseProfile,
  parseRoom,
  type StoredProfile,
} from './items.ts'

/** The first page is enough for a young or quiet room. Each next page is twice as large, so a busy room takes few calls. */
const firstPageSize = 32
/** Only a room with very many deleted comments has pages this large. DynamoDB ends a page at 1 MB. */
const largestPageSize = 16_384

/**
 * Reads what the rows of all participants show: the third step of docs/protocol.md.
 * Reading backwards from the room item returns its participants, then its comments from the newest on, as
 * far back as somebody's unread count needs.
 */
export const readRoomState = (store: Store, room: Room): Promise<RoomState> =>
  readState(store, room, 'sk < :bound')

/**
 * Reads the room and what the rows of all participants show, with one Query, to compare them. A projection needs the
 * room that its own raise returned.
 */
export const readWholeRoom = (store: Store, roomId: number): Promise<RoomState> =>
  readState(store, parseRoom(roomId), 'sk <= :bound')

const readState = async (store: Store, room: Room, condition: string): Promise<RoomState> => {
  const { room_id: roomId } = room
  const state: RoomState = { room, participants: [], comments: [] }
  const all = { condition, bound: roomKey(roomId).sk }
  for await (const items of readBackwards(store, roomId, all, state.comments)) {
    for (const item of items) {
      if (isComment(item)) state.comments.push(parseComment(item))
      else if (isRoom(item)) state.room = parseRoom(roomId, item)
      else state.participants.push(parseParticipant(item))
    }
    if (hasEnoughComments(state)) break
  }
  return state
}

/** Reads what the rows of a few participants of a group show. They show no other participant. */
export const readOwnState = async (
  store: Store,
  room: Room,
  emails: Email[],
): Promise<RoomState> => {
  const keys = emails.map((email) => participantKey(room.room_id, email))
  const items = await readItems(store, keys)
  const participants = items.filter((item) => item !== undefined).map(parseParticipant)
  const state: RoomState = { room, participants, comments: [] }
  const allComments = { condition: 'begins_with(sk, :bound)', bound: commentPrefix }
  for await (const items of readBackwards(store, room.room_id, allComments, state.comments)) {
    state.comments.push(...items.map(parseComment))
    if (hasEnoughComments(state)) break
  }
  return state
}

/** Reads all participants of a room, including those who left. */
export const readAllParticipants = async (store: Store, roomId: number): Promise<Participant[]> => {
  const participants: Participant[] = []
  const allParticipants = { condition: 'begins_with(sk, :bound)', bound: participantPrefix }
  for await (const items of readBackwards(store, roomId, allParticipants))
    participants.push(...items.map(parseParticipant))
  return participants
}

export const readRoom = async (store: Store, roomId: number): Promise<Room> =>
  parseRoom(roomId, await readItem(store, roomKey(roomId)))

/** @returns undefined if the user has no profile */
export const readProfile = async (store: Store, email: Email): Promise<StoredProfile | undefined> =>
  parseProfile(await readItem(store, profileKey(email)))

const readItem = async (store: Store, key: Key): Promise<Item | undefined> => {
  const outcome = await store.together?.read(key)
  if (outcome?.isDone === true) return outcome.item
  const { Item } = await retryContention(store, () =>
    store.client.send(
      new GetCommand({ TableName: store.tableName, Key: key, ConsistentRead: true }),
      { abortSignal: store.signal },
    ),
  )
  return Item
}

/**
 * Counting ends at {@link maxUnread} visible comments, so a page that has more than are left costs in vain.
 * @param comments those that are read so far
 * @returns how many more comments are probably needed to find these
 */
const estimateNeeded = (comments: Comment[]): number => {
  const visible = comments.filter(isVisible).length
  if (visible === 0) return Infinity
  return Math.ceil(((maxUnread - visible) * comments.length) / visible)
}

/** @param comments those that the caller has read so far, if it counts them */
async function* readBackwards(
  store: Store,
  roomId: number,
  { condition, bound }: { condition: string; bound: string },
  comments: Comment[] = [],
): AsyncGenerator<(Item & Key)[]> {
  let from: Item | undefined
  let pageSize = firstPageSize
  do {
    const input: QueryCommandInput = {
      TableName: store.tableName,
      ConsistentRead: true,
      ScanIndexForward: false,
      KeyConditionExpression: `pk = :pk AND ${condition}`,
      ExpressionAttributeValues: { ':pk': roomPartition(roomId).pk, ':bound': bound },
      Limit: pageSize,
      ...(from && { ExclusiveStartKey: from }),
    }
    const page: QueryCommandOutput = await retryContention(store, () =>
      store.client.send(new QueryCommand(input), { abortSignal: store.signal }),
    )
    yield (page.Items ?? []) as (Item & Key)[]
    from = page.LastEvaluatedKey
    pageSize = Math.min(pageSize * 2, largestPageSize)
    const needed = estimateNeeded(comments)
    if (needed < pageSize) pageSize = Math.max(needed, firstPageSize)
  } while (from !== undefined)
}
