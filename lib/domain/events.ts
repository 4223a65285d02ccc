import { normalizeEmail, type Email } from './email.ts'
import type { Flag } from './flags.ts'
import type { RoomType } from './room-type.ts'
import type { Timestamp } from './time.ts'

/** Something that happened in the chat, as the chat backend reports it. docs/events.md has an example of each. */
export type ChatEvent =
  | RoomCreated
  | RoomUpdated
  | RoomImported
  | ParticipantJoined
  | ParticipantLeft
  | ParticipantFlagged
  | CommentPosted
  | CommentEdited
  | CommentDeleted
  | CommentReadOrReceived
  | ProfileUpdated

/** An event of a room: every event except an updated profile. */
export type RoomEvent = Exclude<ChatEvent, ProfileUpdated>

export const isRoomEvent = (event: ChatEvent): event is RoomEvent =>
  event.type !== 'profile.updated'

interface Occurrence<Type extends string> {
  type: Type
  occurred_at: Timestamp
}

interface RoomOccurrence<Type extends string> extends Occurrence<Type> {
  room_id: number
}

interface CommentOccurrence<Type extends string> extends RoomOccurrence<Type> {
  comment_id: number
}

export interface Profile {
  username: string
  avatar_url: string
}

/** A participant as an event describes one. Listings show the address as it is written here. */
export interface NamedParticipant extends Profile {
  id: number
  email: string
}

/** What an event may say of its room. */
export interface RoomDetails {
  room_name?: string | undefined
  room_avatar_url?: string | undefined
}

export interface RoomCreated extends RoomOccurrence<'room.created'>, RoomDetails {
  room_type: RoomType
  room_name: string
  room_avatar_url: string
  participants: NamedParticipant[]
}

export interface RoomUpdated extends RoomOccurrence<'room.updated'>, RoomDetails {}

/** A room as the listing of another service showed it to one of its participants. It is imported, never sent. */
export interface RoomImported extends RoomOccurrence<'room.imported'> {
  room_type: RoomType
  /** Of a group. A personal room shows the name of the other participant. */
  room_name?: string | undefined
  room_avatar_url: string
  /** The creation, or the earliest known moment of the room. */
  created_at: Timestamp
  viewer: string
  /** How many comments, up to the last one, the viewer has not read. */
  unread_count: number
  last_comment?: { comment_id: number; message: string; posted_at: Timestamp } | undefined
  participants: (NamedParticipant & {
    last_comment_read_id: number
    last_comment_received_id: number
  })[]
}

export interface ParticipantJoined extends RoomOccurrence<'participant.joined'> {
  participant: NamedParticipant
}

export interface ParticipantLeft extends RoomOccurrence<'participant.left'> {
  email: string
}

/** Somebody set a flag of a room for themselves, or took it back. */
export type ParticipantFlagged = { [Name in Flag]: FlagEvent<Name> }[Flag]

export type FlagEvent<Name extends Flag> = RoomOccurrence<`participant.${Name}`> & {
  email: string
} & Record<Name, boolean>

export interface CommentPosted extends CommentOccurrence<'comment.posted'> {
  /** The author's. */
  email: string
  /** The author's name when the comment was posted. */
  username?: string | undefined
  message: string
}

export interface CommentEdited extends CommentOccurrence<'comment.edited'> {
  message: string
}

export type CommentDeleted = CommentOccurrence<'comment.deleted'>

/** Somebody read or received the comments of a room up to this one. */
export interface CommentReadOrReceived extends CommentOccurrence<
  'comment.read' | 'comment.received'
> {
  email: string
}

export interface ProfileUpdated extends Occurrence<'profile.updated'>, Profile {
  email: string
}

/** Makes the event by which somebody sets a flag or takes it back. */
export const makeFlagEvent = (
  flag: Flag,
  where: { occurred_at: Timestamp; room_id: number; email: string },
  isSet: boolean,
): ParticipantFlagged =>
  // The compiler does not see that the name of the type and that of the field are of the same flag.
  ({ ...where, type: `participant.${flag}`, [flag]: isSet }) as unknown as ParticipantFlagged

/** Lists the people whom an event brings into its room, each once. */
export const listJoiners = (event: RoomEvent): Email[] => {
  if (event.type === 'participant.joined') return [normalizeEmail(event.participant.email)]
  if (!('participants' in event)) return []
  return [...new Set(event.participants.map(({ email }) => normalizeEmail(email)))]
}
