import type { Email } from './email.ts'
import type { Timestamp } from './time.ts'

/** The `source` of what the inbox publishes. The rule for the chat backend's events must not match it. */
export const publishedSource = 'chat-inbox'

/** The detail of each event that the inbox publishes, by detail-type. docs/events.md has an example of each. */
export interface PublishedDetails {
  /** A leave through the API, which the chat backend does not know of. */
  'participant.left': {
    occurred_at: Timestamp
    /** A whole number, as a string. */
    room_id: string
    /** As the newest join gave it. */
    email: string
  }
  /** What a user's list shows of a room has changed. */
  'inbox.changed': RoomInList &
    Partial<Badge> & {
      /** When the row was stored, to the second. */
      occurred_at: Timestamp
      /** Of two events of the same user, the one with the greater text is newer. */
      sequence: string
      /** As keys hold it: an address has no upper-case letters from A to Z. */
      email: Email
      room_id: number
    }
}

/** What an event says of a room in a user's list. */
export interface RoomInList {
  /** Whether the room is not in the list any more. */
  removed: boolean
  unread_count: number
  muted: boolean
}

/** What the list of unread rooms counts. */
export interface Badge {
  unread_rooms: number
  unread_comments: number
}

/** A change of the table that is published. */
export type Change =
  | { type: 'participant.left'; detail: PublishedDetails['participant.left'] }
  | { type: 'inbox.changed'; email: Email; roomId: number; room: RoomInList }
