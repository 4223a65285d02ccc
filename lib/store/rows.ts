import type { Email } from '../domain/email.ts'
import type { InboxRow, RowParticipant } from '../domain/inbox-row.ts'
import type { Timestamp } from '../domain/time.ts'
import { activity, type Key, parseActivity, rowKey } from './keys.ts'

/**
 * An inbox row as it lies in the table. Without `activity` it is not listed: a tombstone if it
 * has `left_at`, else a stub, which counts as no row.
 */
export interface StoredRow extends Key {
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
  activity: activity(row.room_type, {
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

export const toRow = (stored: ListedRow): InboxRow => {
  const { type, timestamp, commentId, roomId } = parseActivity(stored.activity)
  return {
    last_comment_id: commentId,
    last_comment_message: stored.last_comment_message,
    last_comment_timestamp: timestamp,
    ...(stored.participants && { participants: stored.participants }),
    room_avatar_url: stored.room_avatar_url,
    room_id: roomId,
    room_name: stored.room_name,
    room_type: type,
    unread_count: stored.unread_count,
  }
}
