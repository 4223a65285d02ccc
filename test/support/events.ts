import {
  type ChatEvent,
  type NamedParticipant,
  type ParticipantJoined,
  type ParticipantLeft,
  type RoomCreated,
  type CommentReadOrReceived,
  type ProfileUpdated,
  makeFlagEvent,
} from '../../lib/domain/events.ts'
import type { Flag } from '../../lib/domain/flags.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { type Timestamp, toTimestamp } from '../../lib/domain/time.ts'

/** A time in the past: this many seconds after the start of 2024. */
export const at = (seconds: number): Timestamp => toTimestamp(Date.UTC(2024, 0, 1) + seconds * 1000)

/** A time ahead of the clock, but within what the inbox accepts. */
export const inAMinute = (): Timestamp => toTimestamp(Date.now() + 60_000)

export const named = (email: string, over: Partial<NamedParticipant> = {}): NamedParticipant => ({
  id: 7,
  email,
  username: `name of ${email}`,
  avatar_url: `https://example.com/${email}.png`,
  ...over,
})

export const roomCreated = (
  room_id: number,
  room_type: RoomType,
  emails: string[],
  occurred_at: Timestamp = at(0),
): RoomCreated => ({
  type: 'room.created',
  occurred_at,
  room_id,
  room_type,
  room_name: `room ${room_id}`,
  room_avatar_url: '',
  participants: emails.map((email, index) => named(email, { id: index + 1 })),
})

export const joined = (
  room_id: number,
  email: string,
  occurred_at: Timestamp,
): ParticipantJoined => ({
  type: 'participant.joined',
  occurred_at,
  room_id,
  participant: named(email),
})

export const left = (room_id: number, email: string, occurred_at: Timestamp): ParticipantLeft => ({
  type: 'participant.left',
  occurred_at,
  room_id,
  email,
})

/** Somebody sets a flag of a room, or takes it back. */
export const flagged = (
  flag: Flag,
  room_id: number,
  email: string,
  occurred_at: Timestamp,
  isSet = true,
): ChatEvent => makeFlagEvent(flag, { occurred_at, room_id, email }, isSet)

export const muted = (
  room_id: number,
  email: string,
  occurred_at: Timestamp,
  isMuted = true,
): ChatEvent => flagged('muted', room_id, email, occurred_at, isMuted)

export const posted = (
  room_id: number,
  comment_id: number,
  email: string,
  occurred_at: Timestamp,
  message = `comment ${comment_id}`,
): ChatEvent => ({ type: 'comment.posted', occurred_at, room_id, comment_id, email, message })

export const edited = (
  room_id: number,
  comment_id: number,
  message: string,
  occurred_at: Timestamp,
): ChatEvent => ({ type: 'comment.edited', occurred_at, room_id, comment_id, message })

export const deleted = (
  room_id: number,
  comment_id: number,
  occurred_at: Timestamp,
): ChatEvent => ({ type: 'comment.deleted', occurred_at, room_id, comment_id })

/** A participant has read a room's comments up to this one. */
export const read = (
  room_id: number,
  comment_id: number,
  email: string,
  occurred_at: Timestamp,
): CommentReadOrReceived => ({ type: 'comment.read', occurred_at, room_id, comment_id, email })

export const renamed = (
  email: string,
  username: string,
  occurred_at: Timestamp,
): ProfileUpdated => ({ type: 'profile.updated', occurred_at, email, username, avatar_url: '' })
