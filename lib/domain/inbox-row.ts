import type { RoomType } from './room-state.ts'
import type { Timestamp } from './time.ts'

/** One room in one participant's list: an entry of `rooms_info`, with times in the stored form. */
export interface InboxRow {
  last_comment_id: number
  last_comment_message: string
  last_comment_timestamp: Timestamp
  /** In a personal room only. */
  participants?: RowParticipant[]
  room_avatar_url: string
  room_id: number
  room_name: string
  room_type: RoomType
  unread_count: number
}

export interface RowParticipant {
  avatar_url: string
  email: string
  id: number
  last_comment_read_id: number
  last_comment_received_id: number
  username: string
}
