import * as v from 'valibot'
import { isEmail } from '../domain/email.ts'
import type {
  ChatEvent,
  CommentDeleted,
  CommentEdited,
  CommentPosted,
  FlagEvent,
  NamedParticipant,
  ParticipantJoined,
  ParticipantLeft,
  CommentReadOrReceived,
  ProfileUpdated,
  RoomCreated,
  RoomImported,
  RoomUpdated,
  RoomDetails,
} from '../domain/events.ts'
import { participantLimit } from '../domain/room-state.ts'
import { explainBadTime, parseTimestamp } from '../domain/time.ts'

const text = (maxLength: number) =>
  v.pipe(
    v.string('is not a string'),
    v.maxLength(maxLength, `is longer than ${maxLength} characters`),
    v.check((value) => value.isWellFormed(), 'is not well-formed Unicode'),
  )
export const name = text(256)
export const url = text(2048)
/**
 * The largest text that EventBridge and SQS accept: an entry has at most 1 MB (since January 2026), a
 * message at most 1 MiB. A listing shows a preview of the text.
 */
export const message = text(1_048_576)

export const id = (min: number) =>
  v.pipe(
    v.number('is not a number'),
    v.safeInteger('is not a whole number up to 2^53-1'),
    v.minValue(min, `is less than ${min}`),
  )
export const email = v.pipe(
  v.string('is not a string'),
  v.check(isEmail, 'is not an address of 1 to 254 characters without control characters'),
  // White space around it would be stored in every row that shows it.
  v.transform((identity) => identity.trim()),
)
export const time = v.pipe(
  v.string('is not a string'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const timestamp = parseTimestamp(dataset.value)
    if (timestamp !== undefined) return timestamp
    addIssue({ message: explainBadTime(dataset.value) })
    return NEVER
  }),
)
export const fields = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object(entries, 'is not an object')

/** An event that a chat backend sends. Only the import of this project makes the others. */
type SentEvent = Exclude<ChatEvent, RoomImported>
export type EventType = SentEvent['type']

/** The fields in the detail of each event, by detail-type. */
export type EventDetails = { [Type in EventType]: DetailOf<SentEvent, Type> }

type EventSchemas = { [Type in EventType]: v.GenericSchema<unknown, EventDetails[Type]> }

type DetailOf<Event extends SentEvent, Type> = Event extends unknown
  ? Type extends Event['type']
    ? Omit<Event, 'type'>
    : never
  : never

/**
 * One schema for each field of an event, and no other. A field that the type does not require must be
 * optional in the schema too.
 */
export type FieldsOf<Event> = {
  [Field in keyof Omit<Event, 'type'>]-?: undefined extends Event[Field]
    ? v.OptionalSchema<v.GenericSchema<unknown, NonNullable<Event[Field]>>, undefined>
    : v.GenericSchema<unknown, Event[Field]>
}

export const participant = fields({
  id: id(0),
  email,
  username: name,
  avatar_url: url,
} satisfies FieldsOf<NamedParticipant>)

const roomId = id(1)
const commentId = id(1)

const flagFields = { occurred_at: time, room_id: roomId, email }
const isSet = v.boolean('is neither true nor false')

/** An entry takes this many events. */
export const maxEventsPerEntry = 100

/** The detail of an entry with several events. Each of them is parsed on its own. */
export const severalEvents = fields({
  events: v.pipe(
    v.array(v.unknown(), 'is not a list'),
    v.minLength(1, 'has no event'),
    v.maxLength(maxEventsPerEntry, `has more than ${maxEventsPerEntry} events`),
  ),
})

const detailFields = {
  room_name: v.optional(name),
  room_avatar_url: v.optional(url),
} satisfies FieldsOf<RoomDetails>

/** The fields of which `room.updated` has at least one. */
export const roomDetailNames = Object.keys(detailFields) as (keyof RoomDetails)[]

/** The schema of each event's detail, by detail-type. docs/events.md documents each with an example. */
export const eventSchemas: EventSchemas = {
  'room.created': v.pipe(
    fields({
      occurred_at: time,
      room_id: roomId,
      room_type: v.picklist(['single', 'group'], 'is neither "single" nor "group"'),
      ...detailFields,
      room_name: name,
      room_avatar_url: url,
      participants: v.array(participant, 'is not a list'),
    } satisfies FieldsOf<RoomCreated>),
    v.check(
      ({ room_type, participants }) => participants.length <= participantLimit[room_type],
      `has more participants than a single room (${participantLimit.single}) or a group (${participantLimit.group}) takes: create the room with fewer, then send participant.joined`,
    ),
  ),
  'room.updated': v.pipe(
    fields({
      occurred_at: time,
      room_id: roomId,
      ...detailFields,
    } satisfies FieldsOf<RoomUpdated>),
    v.check(
      (event) => roomDetailNames.some((detail) => event[detail] !== undefined),
      `has neither ${roomDetailNames.join(' nor ')}`,
    ),
  ),
  'participant.joined': fields({
    occurred_at: time,
    room_id: roomId,
    participant,
  } satisfies FieldsOf<ParticipantJoined>),
  'participant.left': fields({
    occurred_at: time,
    room_id: roomId,
    email,
  } satisfies FieldsOf<ParticipantLeft>),
  'participant.muted': fields({
    ...flagFields,
    muted: isSet,
  } satisfies FieldsOf<FlagEvent<'muted'>>),
  'participant.pinned': fields({
    ...flagFields,
    pinned: isSet,
  } satisfies FieldsOf<FlagEvent<'pinned'>>),
  'participant.archived': fields({
    ...flagFields,
    archived: isSet,
  } satisfies FieldsOf<FlagEvent<'archived'>>),
  'participant.marked_unread': fields({
    ...flagFields,
    marked_unread: isSet,
  } satisfies FieldsOf<FlagEvent<'marked_unread'>>),
  'comment.posted': fields({
    occurred_at: time,
    room_id: roomId,
    comment_id: commentId,
    email,
    username: v.optional(name),
    message,
  } satisfies FieldsOf<CommentPosted>),
  'comment.edited': fields({
    occurred_at: time,
    room_id: roomId,
    comment_id: commentId,
    message,
  } satisfies FieldsOf<CommentEdited>),
  'comment.deleted': fields({
    occurred_at: time,
    room_id: roomId,
    comment_id: commentId,
  } satisfies FieldsOf<CommentDeleted>),
  'comment.read': fields({
    occurred_at: time,
    room_id: roomId,
    comment_id: commentId,
    email,
  } satisfies FieldsOf<CommentReadOrReceived>),
  'comment.received': fields({
    occurred_at: time,
    room_id: roomId,
    comment_id: commentId,
    email,
  } satisfies FieldsOf<CommentReadOrReceived>),
  'profile.updated': fields({
    occurred_at: time,
    email,
    username: name,
    avatar_url: url,
  } satisfies FieldsOf<ProfileUpdated>),
}
