import type { Email } from './email.ts'
import type { Timestamp } from './time.ts'

/**
 * What happened in a room, each group of attributes with its own time, so that facts may
 * arrive in any order. Attributes bear the same names here, in the table and in the answers.
 */
export interface RoomFacts {
  room: Room
  participants: Participant[]
  /** Newest (highest id) first; as far back as {@link isSettled} asks for. */
  comments: Comment[]
}

export type RoomType = 'single' | 'group'

/** A room exists once `type` is set; the type never changes. */
export interface Room {
  room_id: number
  /** Raised by every recorded fact that rows show. */
  revision: number
  type?: RoomType
  name?: string
  avatar_url?: string
  created_at?: Timestamp
}

export interface Participant {
  /** The key: normalized. */
  key: Email
  /** The address as the event gave it. */
  email?: string
  id?: number
  /** The newest joining. */
  joined_at?: Timestamp
  /** The joinings that are known, {@link maxJoinings} of them at most. */
  joinings?: Timestamp[]
  /** The place within the event that named several participants. */
  position?: number
  left_at?: Timestamp
  username?: string
  avatar_url?: string
  last_comment_read_id?: number
  last_comment_received_id?: number
  /** Unread comments imported from another service: so many until `baseline_comment_id` is read. */
  baseline_unread_count?: number
  baseline_comment_id?: number
  baseline_as_of?: Timestamp
}

/** A participant keeps this many joinings: a backend may repeat a room's creation very often. */
export const maxJoinings = 16

/** Posted, edited and deleted come in any order: a deletion may be known before its comment. */
export interface Comment {
  comment_id: number
  author?: Email
  message?: string
  posted_at?: Timestamp
  edited_message?: string
  edited_at?: Timestamp
  deleted_at?: Timestamp
}

/** Whether a participant is in the room: joined, and not left since. A leave at the same time wins. */
export const isPresent = (
  participant: Participant,
): participant is Participant & { joined_at: Timestamp } =>
  participant.joined_at !== undefined &&
  (participant.left_at === undefined || participant.joined_at > participant.left_at)

/**
 * When the stay of a participant who is present began: with the first joining after the last leave.
 * Joinings that follow it, such as a repeated creation of the room, change nothing.
 */
export const stayBeganAt = (participant: Participant & { joined_at: Timestamp }): Timestamp => {
  const { joined_at, joinings = [], left_at = '' } = participant
  return joinings.reduce(
    (first, joining) => (joining > left_at && joining < first ? joining : first),
    joined_at,
  )
}
