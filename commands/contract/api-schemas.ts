import type { ErrorCode } from '../../lib/domain/errors.ts'
import type { GroupRow, PersonalRow, RowParticipant } from '../../lib/domain/project-row.ts'
import { maxUnread } from '../../lib/domain/standing.ts'
import type { RoomType } from '../../lib/domain/fact-groups.ts'
import { participantLimit } from '../../lib/domain/room-state.ts'
import { errorCodes } from './api-errors.ts'

/**
 * The schemas of the bodies, in the part of JSON Schema that OpenAPI 3.0 and 3.1 share. They allow further
 * fields, so that clients made from them accept a later version.
 */
export type Schema = Record<string, unknown>

export const ref = (name: keyof typeof schemas): Schema => ({
  $ref: `#/components/schemas/${name}`,
})

/** Ids have up to 53 bits: a Kotlin Long, a Swift Int64, a JavaScript number. */
export const id = (minimum: number, description: string): Schema => ({
  type: 'integer',
  format: 'int64',
  minimum,
  maximum: Number.MAX_SAFE_INTEGER,
  description,
})
const text = (description: string): Schema => ({ type: 'string', description })

/** An object with all of these fields, in the order in which the API sends them. */
const object = <Field extends string>(
  properties: Record<Field, Schema>,
  description?: string,
): Schema => ({
  type: 'object',
  ...(description && { description }),
  required: Object.keys(properties),
  properties,
})

const participant = object<keyof RowParticipant>({
  avatar_url: text('The URL of the avatar; may be empty.'),
  email: text('The address that identifies the participant.'),
  id: id(0, 'The id of the participant in the chat backend.'),
  last_comment_read_id: id(0, 'The participant has read the comments up to this one; 0 if none.'),
  last_comment_received_id: id(
    0,
    'The device of the participant has the comments up to this one; 0 if none.',
  ),
  username: text('The name that is shown.'),
})

const lastComment = {
  last_comment_id: id(0, 'The id of the last comment; 0 if there is none.'),
  last_comment_message: text(
    'The beginning of the last comment, up to 256 bytes of UTF-8; empty if there is none.',
  ),
  last_comment_timestamp: {
    type: 'string',
    format: 'date-time',
    description: 'The time of the last comment in UTC; the creation of the room if there is none.',
  },
}

/** The fields of a room after its participants, if it shows them. */
const roomFields = (type: RoomType, name: string) => ({
  room_avatar_url: text('The URL of the avatar of the room; may be empty.'),
  room_id: id(1, 'The id of the room.'),
  room_name: text(name),
  room_type: { type: 'string', enum: [type] },
  unread_count: {
    type: 'integer',
    format: 'int32',
    minimum: 0,
    maximum: maxUnread,
    description: `The comments of others that the caller has not read, up to ${maxUnread}.`,
  },
})

const personalRoom = object<keyof PersonalRow>({
  ...lastComment,
  participants: {
    type: 'array',
    maxItems: participantLimit.single,
    items: { $ref: '#/components/schemas/Participant' },
    description: 'Who is in the room now, in the order of joining.',
  },
  ...roomFields('single', 'The username of the other participant; empty after they left.'),
})

const groupRoom = object<keyof GroupRow>({
  ...lastComment,
  ...roomFields('group', 'The name of the group.'),
})

const status = (description: string): Schema => ({ type: 'integer', format: 'int32', description })

const listing = (room: 'PersonalRoom' | 'GroupRoom'): Schema =>
  object({
    error: { type: 'boolean', description: 'false' },
    data: object({
      results: object({
        meta: { $ref: '#/components/schemas/PageMeta' },
        rooms_info: { type: 'array', items: { $ref: `#/components/schemas/${room}` } },
      }),
      status: status('200'),
    }),
  })

const count = (minimum: number, description: string): Schema => ({
  type: 'integer',
  format: 'int32',
  minimum,
  description,
})

export const schemas = {
  PersonalListing: listing('PersonalRoom'),
  GroupListing: listing('GroupRoom'),
  PageMeta: object({
    current_page: count(1, 'The number of this page.'),
    total_room: count(0, 'The number of rooms in the listing, over all pages.'),
  }),
  PersonalRoom: personalRoom,
  GroupRoom: groupRoom,
  Participant: participant,
  LeaveRequest: {
    type: 'object',
    properties: { room_id: id(1, 'The id of the room to leave.') },
    additionalProperties: false,
  },
  LeaveResult: object({ error: { type: 'boolean', description: 'false' } }),
  InboxError: object(
    {
      error: { type: 'boolean', description: 'true' },
      data: object({
        code: { type: 'string', enum: errorCodes satisfies ErrorCode[] },
        message: text('What was wrong and what to do, for people. It may change.'),
        status: status('The status of the answer.'),
      }),
    },
    'An error of the inbox. Branch on `code`.',
  ),
  GatewayError: object({ message: text('What was wrong.') }, 'An error of API Gateway itself.'),
}
