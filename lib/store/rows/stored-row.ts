import type { Email } from '../../domain/email.ts'
import type { InboxRow, RowParticipant } from '../../domain/inbox-row.ts'
import type { Timestamp } from '../../domain/time.ts'
import { type Item, readNumber, readText } from '../item.ts'
import { formatActivity, type Key, parseActivity, rowKey } from '../keys.ts'

/**
 * An inbox row as it is stored. Without `activity` it is not listed: it is a tombstone if it has
 * `left_at`, otherwise a stub, which counts as no row (docs/decisions/0008-facts-and-rows.md).
 */
interface StoredRow extends Key {
  activity?: string
  revision?: number
  left_at?: Timestamp
  last_comment_message?: string
  participants?: RowParticipant[]
  room_avatar_url?: string
  room_name?: string
  unread_count?: number
}

export type ListedRow = Required<Omit<StoredRow, 'left_at' | 'participants'>> &
  Pick<StoredRow, 'participants'>

export const toStored = (viewer: Email, row: InboxRow, revision: number): ListedRow => ({
  ...rowKey(viewer, row.room_id),
  activity: formatActivity(row.room_type, {
    timestamp: row.last_comment_timestamp,
    commentId: row.last_comment_id,
    roomId: row.room_id,
  }),
  revision,
  last_comment_message: row.last_comment_message,
  ...(row.participants && { participants: row.participants }),
  room_avatar_url: row.room_avatar_url,
  room_name: row.room_name,
  unread_count: row.unread_count,
})

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

/** The attributes that a listing reads. Reading the whole row takes the client a seventh more CPU time. */
export const listedAttributes = [
  'activity',
  'last_comment_message',
  'participants',
  'room_avatar_url',
  'room_name',
  'unread_count',
] as const satisfies (keyof ListedRow)[]

/** Those attributes as the low-level client returns them, not unmarshalled. */
export type ListedItem = Marshalled<Pick<ListedRow, (typeof listedAttributes)[number]>>['M']

type Marshalled<T> = T extends undefined
  ? undefined
  : T extends string
    ? { S: string }
    : T extends number
      ? { N: string }
      : T extends (infer Element)[]
        ? { L: Marshalled<Element>[] }
        : { M: { [Name in keyof T]: Marshalled<T[Name]> } }

/**
 * Parses a row, with its fields in the contract's order. It reads the attributes by name, because
 * unmarshalling a page of rows takes as much CPU time as everything else in a listing except its Query.
 */
export const toRow = (item: ListedItem): InboxRow => {
  const { type, timestamp, commentId, roomId } = parseActivity(item.activity.S)
  return {
    last_comment_id: commentId,
    last_comment_message: item.last_comment_message.S,
    last_comment_timestamp: timestamp,
    ...(item.participants && { participants: item.participants.L.map(toParticipant) }),
    room_avatar_url: item.room_avatar_url.S,
    room_id: roomId,
    room_name: item.room_name.S,
    room_type: type,
    unread_count: Number(item.unread_count.N),
  }
}

const toParticipant = ({ M: participant }: Marshalled<RowParticipant>): RowParticipant => ({
  avatar_url: participant.avatar_url.S,
  email: participant.email.S,
  id: Number(participant.id.N),
  last_comment_read_id: Number(participant.last_comment_read_id.N),
  last_comment_received_id: Number(participant.last_comment_received_id.N),
  username: participant.username.S,
})
