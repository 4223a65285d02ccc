import type * as v from 'valibot'
import type { CommentEdited, RoomUpdated } from '../../lib/domain/events.ts'
import {
  type EventDetails,
  eventSchemas,
  type FieldsOf,
  id,
  message,
  name,
  time,
  url,
} from '../../lib/events/schemas.ts'

const occurred_at = time
const room_id = id(1)
const comment_id = id(1)

export const edited = {
  occurred_at,
  room_id,
  comment_id,
  message,
} satisfies FieldsOf<CommentEdited>

export const renamed = {
  occurred_at,
  room_id,
  comment_id,
  // @ts-expect-error: the type of the event calls the field message.
  text: message,
} satisfies FieldsOf<CommentEdited>

export const missing = {
  occurred_at,
  room_id,
  comment_id,
  // @ts-expect-error: the type of the event has the field message.
} satisfies FieldsOf<CommentEdited>

export const additional = {
  occurred_at,
  room_id,
  comment_id,
  message,
  // @ts-expect-error: the type of the event has no such field.
  email: name,
} satisfies FieldsOf<CommentEdited>

export const ofAnotherType = {
  occurred_at,
  room_id,
  // @ts-expect-error: the type of the event has a number.
  comment_id: name,
  message,
} satisfies FieldsOf<CommentEdited>

export const required = {
  occurred_at,
  room_id,
  // @ts-expect-error: the type of the event does not require the field.
  room_name: name,
  // @ts-expect-error: nor this one.
  room_avatar_url: url,
} satisfies FieldsOf<RoomUpdated>

/** The schema of an event cannot stand under the name of another. */
export const schemas: typeof eventSchemas = {
  ...eventSchemas,
  // @ts-expect-error: the details of a deletion have no message.
  'comment.edited': eventSchemas['comment.deleted'],
}

/** A schema yields the details of its event. */
export const details: EventDetails['comment.edited'] = {} as v.InferOutput<
  (typeof eventSchemas)['comment.edited']
>
