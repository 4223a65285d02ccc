import type { Email } from '../domain/email.ts'
import { type RoomType, roomTypes } from '../domain/room-type.ts'
import type { Timestamp } from '../domain/time.ts'

/** Every key of the table. docs/access-patterns.md shows which item has which. */
export interface Key {
  pk: string
  sk: string
}

/** Names an item within this process. */
export const formatKey = ({ pk, sk }: Key): string => `${pk} ${sk}`

export const rowKey = (email: Email, roomId: number): Key => ({
  ...userPartition(email),
  sk: `${rowPrefix}${roomId}`,
})
export const totalKey = (email: Email, type: RoomType): Key => ({
  ...userPartition(email),
  sk: `TOTAL#${type}`,
})
export const profileKey = (email: Email): Key => ({ ...userPartition(email), sk: profileSortKey })
export const roomKey = (roomId: number): Key => ({ ...roomPartition(roomId), sk: roomSortKey })
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

const roomPrefix = 'ROOM#'
export const userPrefix = 'USER#'

/** What all items of a partition are about. */
export type Partition = { roomId: number } | { user: Email }

/** @returns undefined if the key is of no room and no user */
export const parsePartition = (key: Pick<Key, 'pk'>): Partition | undefined => {
  if (key.pk.startsWith(userPrefix)) return { user: parseUserEmail(key) }
  const roomId = parseRoomId(key)
  return key.pk.startsWith(roomPrefix) && Number.isSafeInteger(roomId) ? { roomId } : undefined
}

/** Read from the partition key of an item. */
export const parseRoomId = ({ pk }: Pick<Key, 'pk'>): number => Number(pk.slice(roomPrefix.length))
export const parseUserEmail = ({ pk }: Pick<Key, 'pk'>): Email => pk.slice(userPrefix.length)

const roomSortKey = 'ROOM'
const profileSortKey = 'PROFILE'

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
/** What kind of item it is. */
export const isRow = ({ sk }: Pick<Key, 'sk'>): boolean => sk.startsWith(rowPrefix)
export const isRoom = ({ sk }: Pick<Key, 'sk'>): boolean => sk === roomSortKey
export const isProfile = ({ sk }: Pick<Key, 'sk'>): boolean => sk === profileSortKey
export const isParticipant = ({ sk }: Pick<Key, 'sk'>): boolean => sk.startsWith(participantPrefix)
export const isComment = ({ sk }: Pick<Key, 'sk'>): boolean => sk.startsWith(commentPrefix)

/** Where a row stands in its listing, newest first. */
export interface ListingPlace {
  timestamp: Timestamp
  commentId: number
  roomId: number
}

/** The sort key of the inbox index. The row does not store these values a second time. */
export const formatActivity = (type: RoomType, place: ListingPlace): string =>
  `${activityPrefix(type)}${formatPlace(place)}`
export const formatPlace = ({ timestamp, commentId, roomId }: ListingPlace): string =>
  `${timestamp}#${pad(commentId)}#${pad(roomId)}`
/** The place of a row in the list of all rooms: its activity without the type. */
export const cutPlace = (activity: string): string => activity.slice(activity.indexOf('#') + 1)
export const activityPrefix = (type: RoomType): string => `${type}#`
/** Sorts above every row of the listing: `~` is greater than a digit. */
export const totalActivity = (type: RoomType): string => `${activityPrefix(type)}~`

export const parseActivity = (value: string): ListingPlace & { type: RoomType } => {
  const [type, timestamp, commentId, roomId] = value.split('#') as [
    RoomType,
    string,
    string,
    string,
  ]
  return { type, timestamp, commentId: Number(commentId), roomId: Number(roomId) }
}

/** @returns the listing that shows an item with this activity, if one does */
export const findListing = (activity: string): RoomType | undefined =>
  roomTypes.find((type) => activity.startsWith(activityPrefix(type)))

/** Zero-padded to the 16 digits of the largest safe integer, so that text order is number order. */
const pad = (id: number): string => String(id).padStart(16, '0')
