import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { Unreadable } from '../../domain/errors.ts'
import { type Email, normalizeEmail } from '../../domain/email.ts'
import { type Flag, flags } from '../../domain/flags.ts'
import type { InboxRow, RowParticipant } from '../../domain/project-row.ts'
import type { RoomType } from '../../domain/room-type.ts'
import type { Timestamp } from '../../domain/time.ts'
import { type Item, readNumber, readText } from '../item.ts'
import { cutPlace, formatActivity, type Key, parseActivity, rowKey } from '../keys.ts'
import type { Store } from '../store.ts'

/**
 * An inbox row as it is stored. Without `activity` it is not listed: it is a tombstone if it has `left_at`, otherwise a
 * hidden row if it has a revision, otherwise a stub (docs/protocol.md#stubs-and-tombstones). A flag is stored only while
 * it is set.
 */
interface StoredRow extends Key, Partial<Record<Flag, true>> {
  activity?: string
  revision?: number
  left_at?: Timestamp
  /** The JSON of {@link Shown}. */
  shown?: string
  unread_count?: number
  /**
   * When this version of the row was written, in milliseconds since the epoch, by the clock of the writer. It says
   * nothing about the room, so rows that differ in it alone are the same. `since` finds rows by it.
   */
  changed?: number
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
  /** Of a personal room. A group has an empty list, and none in the first form. */
  participants?: ShownParticipant[],
  /** The address, or the index of a participant, which is shorter. */
  lastCommentAuthor?: string | number,
  lastCommentUsername?: string,
  lastCommentReadId?: number,
]

type ShownParticipant = [
  avatarUrl: string,
  email: string,
  id: number,
  lastCommentReadId: number,
  lastCommentReceivedId: number,
  username: string,
]

/** A row for the list, without the time of its write. */
export type ListedRow = Required<Omit<StoredRow, 'left_at' | 'changed' | Flag>> &
  Pick<StoredRow, Flag>

export const toStored = (viewer: Email, row: InboxRow, revision: number): ListedRow => ({
  ...rowKey(viewer, row.room_id),
  activity: formatActivity(row.room_type, {
    timestamp: row.last_comment_timestamp,
    commentId: row.last_comment_id,
    roomId: row.room_id,
  }),
  revision,
  shown: JSON.stringify(toShown(row)),
  unread_count: row.unread_count,
  ...Object.fromEntries(flags.filter((flag) => row.additions[flag]).map((flag) => [flag, true])),
})

/** Stamps a row for a write that is about to be sent. Each attempt has its own stamp. */
export const stamp = <Row extends object>({ now }: Store, row: Row): Row & Changed => ({
  ...row,
  changed: now(),
})

type Changed = Required<Pick<StoredRow, 'changed'>>

/** @returns a stored row as {@link toStored} makes it, to compare it with what the facts say */
export const withoutStamp = (item: Item | undefined): Item | undefined => {
  if (item === undefined) return undefined
  const { changed, ...row } = item
  return row
}

const toShown = ({ additions, ...row }: InboxRow): Shown => [
  row.last_comment_message,
  row.room_avatar_url,
  row.room_name,
  row.room_type === 'single' ? row.participants.map(toShownParticipant) : [],
  row.room_type === 'single'
    ? shortenAuthor(additions.last_comment_email, row.participants)
    : additions.last_comment_email,
  additions.last_comment_username,
  additions.last_comment_read_id,
]

const shortenAuthor = (author: Email, participants: RowParticipant[]): string | number => {
  const index = participants.findIndex(({ email }) => normalizeEmail(email) === author)
  return index < 0 ? author : index
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

/**
 * The attributes that a row has only while it is listed, which are those that a listing reads. Reading the whole row
 * takes the client more CPU time.
 */
export const attributesWhileListed = [
  ...(['activity', 'shown', 'unread_count'] as const satisfies (keyof ListedRow)[]),
  ...flags,
  ...attributesOfFirstForm,
]

/** An item as the low-level client returns it, not unmarshalled. */
export type Attributes = Record<string, AttributeValue>

/** Where a row stands in its listing. Every item of the index has `activity`, its key. */
export const readActivity = (item: Attributes): ReturnType<typeof parseActivity> =>
  parseActivity(item['activity']!.S!)

/** Sorts rows of any type as the list of all rooms shows them, newest first. No two rows have the same place. */
export const sortRows = (items: Attributes[]): Attributes[] =>
  items
    .map((item) => ({ item, place: readPlace(item) }))
    .sort((a, b) => (a.place < b.place ? 1 : -1))
    .map(({ item }) => item)

/** @returns the place of a row in the list of all rooms, to compare it with `formatPlace` of another one */
export const readPlace = (item: Attributes): string => cutPlace(item['activity']!.S!)

/** @returns 0 if a row has no unread count, which a list refuses */
export const readUnreadCount = (item: Attributes): number => Number(item['unread_count']?.N ?? 0)

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
  const [, , , , author = '', username = '', readId = 0] = shown
  const unread_count = Number(unreadCount)
  const comment = {
    last_comment_id: commentId,
    last_comment_message,
    last_comment_timestamp: timestamp,
  }
  const room = { room_avatar_url, room_id: roomId, room_name }
  const additions = {
    last_comment_email:
      typeof author === 'number' ? normalizeEmail(participants[author]?.[1] ?? '') : author,
    last_comment_username: username,
    last_comment_read_id: readId,
    muted: item['muted'] !== undefined,
    pinned: item['pinned'] !== undefined,
    archived: item['archived'] !== undefined,
    marked_unread: item['marked_unread'] !== undefined,
  }
  return type === 'group'
    ? { ...comment, ...room, room_type: type, unread_count, additions }
    : {
        ...comment,
        participants: participants.map(toParticipant),
        ...room,
        room_type: type,
        unread_count,
        additions,
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
