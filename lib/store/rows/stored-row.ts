import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { Unreadable } from '../../domain/errors.ts'
import type { InboxRow, RowParticipant } from '../../domain/project-row.ts'
import type { Participant } from '../../domain/room-state.ts'
import type { RoomType } from '../../domain/room-type.ts'
import type { Timestamp } from '../../domain/time.ts'
import { type Item, readNumber, readText } from '../item.ts'
import { formatActivity, type Key, parseActivity, rowKey } from '../keys.ts'

/**
 * An inbox row as it is stored. Without `activity` it is not listed: it is a tombstone if it has `left_at`, otherwise a
 * hidden row if it has a revision, otherwise a stub (docs/protocol.md#stubs-and-tombstones).
 */
interface StoredRow extends Key {
  activity?: string
  revision?: number
  left_at?: Timestamp
  /** The JSON of {@link Shown}. */
  shown?: string
  unread_count?: number
  /** Only while the viewer has muted the room. A list of unread rooms leaves such a row out. */
  muted?: true
}

/**
 * What a listing shows of a row that is not in another attribute. It is stored as one JSON array, which is
 * smaller than an attribute for each field and faster to read (docs/decisions/0009-one-shown-attribute.md).
 *
 * The array only grows at its end, also that of a participant: docs/stored-forms.md says how. A reader takes what
 * it knows. It ignores further elements, which a newer version has written, and elements that came after the
 * first form may be missing.
 */
type Shown = [
  lastCommentMessage: string,
  roomAvatarUrl: string,
  roomName: string,
  /** In a personal room only. */
  participants?: ShownParticipant[],
]

type ShownParticipant = [
  avatarUrl: string,
  email: string,
  id: number,
  lastCommentReadId: number,
  lastCommentReceivedId: number,
  username: string,
]

export type ListedRow = Required<Omit<StoredRow, 'left_at' | 'muted'>> & Pick<StoredRow, 'muted'>

/** @param viewer whose row it is: its address, and whether it muted the room, which the row does not show */
export const toStored = (
  { key, muted }: Pick<Participant, 'key' | 'muted'>,
  row: InboxRow,
  revision: number,
): ListedRow => ({
  ...rowKey(key, row.room_id),
  activity: formatActivity(row.room_type, {
    timestamp: row.last_comment_timestamp,
    commentId: row.last_comment_id,
    roomId: row.room_id,
  }),
  revision,
  shown: JSON.stringify(toShown(row)),
  unread_count: row.unread_count,
  ...(muted === 1 && { muted: true }),
})

const toShown = (row: InboxRow): Shown => {
  const { last_comment_message, room_avatar_url, room_name } = row
  return row.room_type === 'single'
    ? [last_comment_message, room_avatar_url, room_name, row.participants.map(toShownParticipant)]
    : [last_comment_message, room_avatar_url, room_name]
}

const toShownParticipant = (participant: RowParticipant): ShownParticipant => [
  participant.avatar_url,
  participant.email,
  participant.id,
  participant.last_comment_read_id,
  participant.last_comment_received_id,
  participant.username,
]

/** The attributes of a row that a write decides on: whether it is listed, how new it is, when it was left. */
export type RowStatus = Pick<StoredRow, 'activity' | 'revision' | 'left_at'>

export const parseRowStatus = (item: Item = {}): RowStatus => {
  const activity = readText(item, 'activity')
  const revision = readNumber(item, 'revision')
  const left_at = readText(item, 'left_at')
  return {
    ...(activity !== undefined && { activity }),
    ...(revision !== undefined && { revision }),
    ...(left_at !== undefined && { left_at }),
  }
}

/** Version 1.0.0 had these attributes in place of `shown`. */
const attributesOfFirstForm = [
  'last_comment_message',
  'participants',
  'room_avatar_url',
  'room_name',
] as const

/** The attributes that a listing reads. Reading the whole row takes the client more CPU time. */
export const listedAttributes = [
  ...(['activity', 'shown', 'unread_count'] as const satisfies (keyof ListedRow)[]),
  ...attributesOfFirstForm,
]

/** The attributes that a row has only while it is listed. */
export const attributesWhileListed = [...listedAttributes, 'muted' satisfies keyof ListedRow]

/** An item as the low-level client returns it, not unmarshalled. */
export type Attributes = Record<string, AttributeValue>

/** Where a row stands in its listing. Every item of the index has `activity`, its key. */
export const readActivity = (item: Attributes): ReturnType<typeof parseActivity> =>
  parseActivity(item['activity']!.S!)

/** The unread count of a row that a filter found to have one. */
export const readUnreadCount = (item: Attributes): number => Number(item['unread_count']!.N)

/**
 * Parses a row, with its fields in the contract's order. It reads the attributes by name, because
 * unmarshalling a page of rows takes much more CPU time.
 * @throws Unreadable if the row does not have the form that {@link toStored} writes. The message names the room
 * and nothing that the row shows, because it is logged.
 */
export const toRow = (item: Attributes): InboxRow => {
  const { type, timestamp, commentId, roomId } = readActivity(item)
  const shown = item['shown'] ? parseShown(type, item['shown'].S) : readFirstForm(type, item)
  const unreadCount = item['unread_count']?.N
  if (shown === undefined || unreadCount === undefined)
    throw new Unreadable(
      `the row of room ${roomId} cannot be read: its attribute ${shown ? 'unread_count' : 'shown'} is missing or does not have the stored form; write it anew with npm run rebuild -- --table NAME --room ${roomId}`,
    )
  const [last_comment_message, room_avatar_url, room_name, participants = []] = shown
  const unread_count = Number(unreadCount)
  const comment = {
    last_comment_id: commentId,
    last_comment_message,
    last_comment_timestamp: timestamp,
  }
  const room = { room_avatar_url, room_id: roomId, room_name }
  return type === 'group'
    ? { ...comment, ...room, room_type: type, unread_count }
    : {
        ...comment,
        participants: participants.map(toParticipant),
        ...room,
        room_type: type,
        unread_count,
      }
}

/** @returns undefined if the row does not have the form of version 1.0.0 either */
const readFirstForm = (type: RoomType, item: Attributes): Shown | undefined => {
  const message = item['last_comment_message']?.S
  const avatarUrl = item['room_avatar_url']?.S
  const name = item['room_name']?.S
  if (message === undefined || avatarUrl === undefined || name === undefined) return undefined
  if (type === 'group') return [message, avatarUrl, name]
  const participants = item['participants']?.L?.map(({ M: participant = {} }): ShownParticipant => [
    participant['avatar_url']?.S ?? '',
    participant['email']?.S ?? '',
    Number(participant['id']?.N ?? 0),
    Number(participant['last_comment_read_id']?.N ?? 0),
    Number(participant['last_comment_received_id']?.N ?? 0),
    participant['username']?.S ?? '',
  ])
  return participants && [message, avatarUrl, name, participants]
}

const toParticipant = (participant: ShownParticipant): RowParticipant => ({
  avatar_url: participant[0],
  email: participant[1],
  id: participant[2],
  last_comment_read_id: participant[3],
  last_comment_received_id: participant[4],
  username: participant[5],
})

/** @returns undefined if the text is not there, not JSON or not of this form */
const parseShown = (type: RoomType, text: string | undefined): Shown | undefined => {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isShown(type, value) ? value : undefined
  } catch {
    // The error quotes the text, which must not get into the log.
    return undefined
  }
}

/** Checks that the arrays have what they had from the start: a full schema would take as long as parsing the page. */
const isShown = (type: RoomType, value: unknown): value is Shown =>
  type === 'group' ? isArray(value, 3) : isArray(value, 4) && areParticipants(value[3])

const areParticipants = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => isArray(each, 6))

const isArray = (value: unknown, minLength: number): value is unknown[] =>
  Array.isArray(value) && value.length >= minLength
