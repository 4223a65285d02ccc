import * as v from 'valibot'
import { normalizeEmail } from '../domain/email.ts'
import { EventRefused } from '../domain/errors.ts'
import type { RoomImported } from '../domain/events.ts'
import { makePreview } from '../domain/preview.ts'
import { maxUnread } from '../domain/standing.ts'
import type { Timestamp } from '../domain/time.ts'
import { parseValue } from './parse-value.ts'
import { fields, id, message, name, participant, time, url } from './schemas.ts'

/** The user whose listing a document shows, and the time of the document. */
export interface DocumentOrigin {
  viewer: string
  asOf: Timestamp
}

const documentSchema = fields({
  data: fields({ results: fields({ rooms_info: v.array(v.unknown(), 'is not a list') }) }),
})

const lastComment = {
  last_comment_id: id(0),
  last_comment_message: message,
  last_comment_timestamp: time,
  room_avatar_url: url,
  room_id: id(1),
  room_name: name,
  unread_count: id(0),
}
const roomSchema = v.variant(
  'room_type',
  [
    fields({ ...lastComment, room_type: v.literal('group') }),
    fields({
      ...lastComment,
      room_type: v.literal('single'),
      participants: v.pipe(
        v.array(
          fields({
            ...participant.entries,
            last_comment_read_id: id(0),
            last_comment_received_id: id(0),
          }),
          'is not a list',
        ),
        v.maxLength(2, 'has more than two people'),
      ),
    }),
  ],
  'is neither "single" nor "group"',
)

/**
 * Reads the rooms of a listing document: the JSON that this API, or the service that it replaces,
 * returns to one user. The rooms are not parsed yet, so that a malformed room does not block the others.
 * @throws EventRefused if the value is not a listing document
 */
export const readListedRooms = (document: unknown): unknown[] =>
  parseValue(documentSchema, document, 'document').data.results.rooms_info

/** A row as a listing document shows it, with times in the stored form. */
export type DocumentRow = v.InferOutput<typeof roomSchema>

interface ListedRoom {
  /** The event that makes the room look as in the document. */
  event: RoomImported
  /** The row as the document shows it. */
  row: DocumentRow
}

/**
 * Parses a room of a listing document. Everything in it has the document's date, and the participants join
 * in the order of the document.
 * @throws EventRefused naming the field that is wrong and the reason
 */
export const parseListedRoom = (room: unknown, { viewer, asOf }: DocumentOrigin): ListedRoom => {
  const listed = parseValue(roomSchema, room, 'room')
  const { last_comment_id, last_comment_message, last_comment_timestamp, unread_count } = listed
  if (unread_count > 0 && last_comment_id === 0)
    throw new EventRefused(`room.unread_count is ${unread_count} without a comment`)
  const participants =
    listed.room_type === 'single' ? listed.participants : [makeUnnamedParticipant(viewer)]
  if (!participants.some(({ email }) => normalizeEmail(email) === normalizeEmail(viewer)))
    throw new EventRefused('room.participants does not have the user whose listing it is')
  const { room_id, room_type, room_avatar_url } = listed
  return {
    event: {
      type: 'room.imported',
      occurred_at: asOf,
      room_id,
      room_type,
      ...(room_type === 'group' && { room_name: listed.room_name }),
      room_avatar_url,
      created_at: last_comment_timestamp,
      viewer,
      unread_count,
      ...(last_comment_id > 0 && {
        last_comment: {
          comment_id: last_comment_id,
          message: last_comment_message,
          posted_at: last_comment_timestamp,
        },
      }),
      participants,
    },
    row: {
      ...listed,
      last_comment_message: makePreview(last_comment_message),
      unread_count: Math.min(unread_count, maxUnread),
    },
  }
}

/** A document does not name the participants of a group, and the row of a group does not show them. */
const makeUnnamedParticipant = (email: string): RoomImported['participants'][number] => ({
  id: 0,
  email,
  username: '',
  avatar_url: '',
  last_comment_read_id: 0,
  last_comment_received_id: 0,
})
