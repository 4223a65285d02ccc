import type { Email } from '../domain/email.ts'
import type { RoomType } from '../domain/room-state.ts'
import type { Timestamp } from '../domain/time.ts'

/** Every key of the table. docs/access-patterns.md shows which item has which. */
export interface Key {
  pk: string
  sk: string
}

export const rowKey = (email: Email, roomId: number): Key => ({
  ...userPartition(email),
  sk: `${rowPrefix}${roomId}`,
})
export const totalKey = (email: Email, type: RoomType): Key => ({
  ...userPartition(email),
  sk: `TOTAL#${type}`,
})
export const profileKey = (email: Email): Key => ({ ...userPartition(email), sk: 'PROFILE' })
export const roomKey = (roomId: number): Key => ({ ...roomPartition(roomId), sk: 'ROOM' })
export const participantKey = (roomId: number, email: Email): Key => ({
  ...roomPartition(roomId),
  sk: participantSortKey(email),
})
export const commentKey = (roomId: number, commentId: number): Key => ({
  ...roomPartition(roomId),
  sk: `${commentPrefix}${pad(commentId)}`,
})

export const userPartition = (email: Email) => ({ pk: `${userPrefix}${email}` })
export const roomPartition = (roomId: number) => ({ pk: `${roomPrefix}${roomId}` })
export const participantSortKey = (email: Email): string => `${participantPrefix}${email}`

const userPrefix = 'USER#'
const roomPrefix = 'ROOM#'

/**
 * The sort order within a room: COMMENT# < PARTICIPANT# < ROOM, so that reading backwards
 * gives the room, its participants, then its comments, newest first.
 */
export const commentPrefix = 'COMMENT#'
export const participantPrefix = 'PARTICIPANT#'
export const rowPrefix = 'ROOM#'

/** Read from the sort key of an item. */
export const parseRowRoomId = ({ sk }: Pick<Key, 'sk'>): number =>
  Number(sk.slice(rowPrefix.length))
export const parseParticipantEmail = ({ sk }: Pick<Key, 'sk'>): Email =>
  sk.slice(participantPrefix.length)
export const parseCommentId = ({ sk }: Pick<Key, 'sk'>): number =>
  Number(sk.slice(commentPrefix.length))
/** Read from the partition key of an item. */
export const parseRoomId = ({ pk }: Pick<Key, 'pk'>): number => Number(pk.slice(roomPrefix.length))
export const parseUserEmail = ({ pk }: Pick<Key, 'pk'>): Email => pk.slice(userPrefix.length)

/** What kind of item it is. The item of a room has no prefix: its sort key is the same word without a #. */
export const isRow = ({ sk }: Pick<Key, 'sk'>): boolean => sk.startsWith(rowPrefix)
export const isParticipant = ({ sk }: Pick<Key, 'sk'>): boolean => sk.startsWith(participantPrefix)
export const isComment = ({ sk }: Pick<Key, 'sk'>): boolean => sk.startsWith(commentPrefix)

/** Where a row stands in its listing, newest first. */
export interface Position {
  timestamp: Timestamp
  commentId: number
  roomId: number
}

/** The sort key of the inbox index. The row does not store these values a second time. */
export const formatActivity = (
  type: RoomType,
  { timestamp, commentId, roomId }: Position,
): string => `${activityPrefix(type)}${timestamp}#${pad(commentId)}#${pad(roomId)}`
export const activityPrefix = (type: RoomType): string => `${type}#`
/** Sorts above every row of the listing: `~` is greater than a digit. */
export const totalActivity = (type: RoomType): string => `${activityPrefix(type)}~`

export const parseActivity = (value: string): Position & { type: RoomType } => {
  const [type, timestamp, commentId, roomId] = value.split('#') as [
    RoomType,
    string,
    string,
    string,
  ]
  return { type, timestamp, commentId: Number(commentId), roomId: Number(roomId) }
}

/** Zero-padded to the 16 digits of the largest safe integer, so that text order is number order. */
const pad = (id: number): string => String(id).padStart(16, '0')
