import * as v from 'valibot'
import { isEmail } from '../domain/email.ts'
import { participantLimit } from '../domain/room-state.ts'
import { parseTimestamp } from '../domain/time.ts'

/** What a chat backend may send, by detail-type: docs/events.md documents each with an example. */

const text = (maxLength: number) =>
  v.pipe(
    v.string('is not a string'),
    v.maxLength(maxLength, `is longer than ${maxLength} characters`),
    v.check((value) => value.isWellFormed(), 'is not well-formed Unicode'),
  )
export const name = text(256)
export const url = text(2048)
/**
 * Neither EventBridge nor SQS takes a larger one: 1 MB an entry since January 2026, 1 MiB a message.
 * What a listing shows of it is a preview.
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
)
export const time = v.pipe(
  v.string('is not a string'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const timestamp = parseTimestamp(dataset.value)
    if (timestamp !== undefined) return timestamp
    addIssue({ message: 'is not an RFC 3339 time in UTC, such as 2017-08-24T12:01:05Z' })
    return NEVER
  }),
)
export const fields = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object(entries, 'is not an object')
export const participant = fields({ id: id(0), email, username: name, avatar_url: url })

const ofRoom = { occurred_at: time, room_id: id(1) }
const ofComment = { ...ofRoom, comment_id: id(1) }

export const eventSchemas = {
  'room.created': v.pipe(
    fields({
      ...ofRoom,
      room_type: v.picklist(['single', 'group'], 'is neither "single" nor "group"'),
      room_name: name,
      room_avatar_url: url,
      participants: v.array(participant, 'is not a list'),
    }),
    v.check(
      ({ room_type, participants }) => participants.length <= participantLimit[room_type],
      `has more participants than a single room (${participantLimit.single}) or a group (${participantLimit.group}) takes: create the room with fewer, then send participant.joined`,
    ),
  ),
  'room.updated': v.pipe(
    fields({ ...ofRoom, room_name: v.optional(name), room_avatar_url: v.optional(url) }),
    v.check(
      ({ room_name, room_avatar_url }) => room_name !== undefined || room_avatar_url !== undefined,
      'has neither room_name nor room_avatar_url',
    ),
  ),
  'participant.joined': fields({ ...ofRoom, participant }),
  'participant.left': fields({ ...ofRoom, email }),
  'comment.posted': fields({ ...ofComment, email, message }),
  'comment.edited': fields({ ...ofComment, message }),
  'comment.deleted': fields(ofComment),
  'comment.read': fields({ ...ofComment, email }),
  'comment.received': fields({ ...ofComment, email }),
  'profile.updated': fields({ occurred_at: time, email, username: name, avatar_url: url }),
}
