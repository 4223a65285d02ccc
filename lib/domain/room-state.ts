import type { Email } from './email.ts'
import type { Known } from './fact-groups.ts'
import type { RoomType } from './room-type.ts'
import type { Timestamp } from './time.ts'

/**
 * What is known of a room at one moment: everything that its rows are derived from. Each group of
 * attributes has its own time, so that events may arrive in any order. Attributes have the same names
 * here, in the table and in the responses. fact-groups.ts declares them.
 */
export interface RoomState {
  room: Room
  participants: Participant[]
  /** Newest (highest id) first; as far back as `hasEnoughComments` in project-row.ts asks for. */
  comments: Comment[]
}

/** A room exists once `type` is set; the type never changes. */
export interface Room extends Known<'room'> {
  room_id: number
  /** The number of the newest projection. 0 if there was none. */
  revision: number
  /** Only of a large group: every row shows what was known when the revision was raised to this number. */
  projected?: number | undefined
}

export interface Participant extends Known<'participant'> {
  /** The key: normalized. */
  key: Email
}

/** This many people may be in a room at once. */
export const participantLimit: Record<RoomType, number> = { single: 2, group: 1000 }

/** A participant keeps this many joins: a backend may repeat a room's creation every night. */
export const maxJoins = 16

export interface Comment extends Known<'comment'> {
  comment_id: number
}

export interface PresentParticipant extends Participant {
  joined_at: Timestamp
}

/** Whether a participant is in the room: joined, and not left since. A leave at the same time wins. */
export const isPresent = (participant: Participant): participant is PresentParticipant =>
  participant.joined_at !== undefined &&
  (participant.left_at === undefined || participant.joined_at > participant.left_at)

/**
 * Finds when the stay of a participant who is present began: with the first join after the last leave. Later
 * joins, such as a repeated creation of the room, change nothing.
 */
export const findStayStart = (participant: PresentParticipant): Timestamp => {
  const { joined_at, joinings: joins = [], left_at = '' } = participant
  return joins.reduce((first, join) => (join > left_at && join < first ? join : first), joined_at)
}

/**
 * Chooses which joins a participant keeps: those since the last leave. If there are more than {@link maxJoins}, it
 * keeps the first one, which began the stay, and the newest others. If a leave arrives late, the stay began with
 * the first join after it. That join is known unless more than 15 joins are later than that leave.
 * @returns in ascending order
 */
export const keepJoins = (joins: Iterable<Timestamp>, leftAt: Timestamp = ''): Timestamp[] => {
  const [first, ...others] = [...new Set(joins)].filter((join) => join > leftAt).sort()
  return first === undefined ? [] : [first, ...others.slice(1 - maxJoins)]
}
