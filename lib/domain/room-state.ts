import type { Email } from './email.ts'
import type { Timestamp } from './time.ts'

/**
 * What is known of a room at one moment: everything that its rows are derived from. Each group of
 * attributes has its own time, so that events may arrive in any order. Attributes have the same names
 * here, in the table and in the answers.
 */
export interface RoomState {
  room: Room
  participants: Participant[]
  /** Newest (highest id) first; as far back as `hasEnoughComments` in project-row.ts asks for. */
  comments: Comment[]
}

export const roomTypes = ['single', 'group'] as const
export type RoomType = (typeof roomTypes)[number]

/** A room exists once `type` is set; the type never changes. */
export interface Room {
  room_id: number
  /** The number of the newest projection. 0 if there was none. */
  revision: number
  type?: RoomType | undefined
  name?: string | undefined
  avatar_url?: string | undefined
  created_at?: Timestamp | undefined
}

export interface Participant {
  /** The key: normalized. */
  key: Email
  /** The address as the event gave it. */
  email?: string | undefined
  id?: number | undefined
  /** The newest joining. */
  joined_at?: Timestamp | undefined
  /** The joinings since the last leave, as {@link keepJoinings} limits them, and maybe some before it. */
  joinings?: Timestamp[] | undefined
  /** The place among the participants of one event, from 0. */
  position?: number | undefined
  left_at?: Timestamp | undefined
  username?: string | undefined
  avatar_url?: string | undefined
  /**
   * Of the readings that were reported, the one with the greatest id, and the newest. `findStanding` in
   * standing.ts decides which comments they cover.
   */
  last_comment_read_id?: number | undefined
  last_comment_read_as_of?: Timestamp | undefined
  newest_read_id?: number | undefined
  newest_read_as_of?: Timestamp | undefined
  /** The same for what the participant's device has received. */
  last_comment_received_id?: number | undefined
  last_comment_received_as_of?: Timestamp | undefined
  newest_received_id?: number | undefined
  newest_received_as_of?: Timestamp | undefined
  /** Whether the participant muted the room. Leaving and joining again do not change it. */
  muted?: boolean | undefined
  /** The unread count of an imported room, up to `baseline_comment_id`. It counts until that comment is read. */
  baseline_unread_count?: number | undefined
  baseline_comment_id?: number | undefined
  baseline_as_of?: Timestamp | undefined
}

/** This many people may be in a room at once. */
export const participantLimit: Record<RoomType, number> = { single: 2, group: 1000 }

/** A participant keeps this many joinings: a backend may repeat a room's creation every night. */
export const maxJoinings = 16

/** Posted, edited and deleted come in any order: a deletion may be known before its comment. */
export interface Comment {
  comment_id: number
  author?: Email | undefined
  message?: string | undefined
  posted_at?: Timestamp | undefined
  edited_message?: string | undefined
  edited_at?: Timestamp | undefined
  deleted_at?: Timestamp | undefined
}

export interface PresentParticipant extends Participant {
  joined_at: Timestamp
}

/** Whether a participant is in the room: joined, and not left since. A leave at the same time wins. */
export const isPresent = (participant: Participant): participant is PresentParticipant =>
  participant.joined_at !== undefined &&
  (participant.left_at === undefined || participant.joined_at > participant.left_at)

/**
 * When the stay of a participant who is present began: with the first joining after the last leave.
 * Joinings that follow it, such as a repeated creation of the room, change nothing.
 */
export const findStayStart = (participant: PresentParticipant): Timestamp => {
  const { joined_at, joinings = [], left_at = '' } = participant
  return joinings.reduce(
    (first, joining) => (joining > left_at && joining < first ? joining : first),
    joined_at,
  )
}

/**
 * Chooses which joinings a participant keeps: those since the last leave, and of more than {@link maxJoinings}
 * the first one and the newest. The first one is where the stay began. If a leave arrives late, the stay began
 * with the first joining after it: this is known unless more than 15 joinings are later than that leave.
 * @returns in ascending order
 */
export const keepJoinings = (
  joinings: Iterable<Timestamp>,
  leftAt: Timestamp = '',
): Timestamp[] => {
  const [first, ...others] = [...new Set(joinings)].filter((joining) => joining > leftAt).sort()
  return first === undefined ? [] : [first, ...others.slice(1 - maxJoinings)]
}
