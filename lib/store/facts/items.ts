import type { Email } from '../../domain/email.ts'
import { Unreadable } from '../../domain/errors.ts'
import {
  type Comment,
  type Participant,
  type Room,
  type RoomType,
} from '../../domain/room-state.ts'
import type { Timestamp } from '../../domain/time.ts'
import { type Item, readNumber, readText, readTexts } from '../item.ts'
import { parseCommentId, type Key, parseParticipantEmail } from '../keys.ts'
import type { publishedLeave } from '../table.ts'

/**
 * The attributes of the items that facts are stored in, besides their keys. Facts arrive in any order, so
 * each attribute can be missing.
 */
export interface StoredItems {
  room: {
    type: RoomType
    revision: number
    name: string
    name_as_of: Timestamp
    avatar_url: string
    avatar_url_as_of: Timestamp
    created_at: Timestamp
  }
  participant: {
    joined_at: Timestamp
    position: number
    id: number
    email: string
    /** A string set. */
    joinings: Set<Timestamp>
    left_at: Timestamp
    /** `api` if the participant left through the API: the pipe publishes such a leave. */
    left_through: typeof publishedLeave.markValue
    /** Set with `left_through`: the pipe can neither take the id from the key nor convert it to a number. */
    room_id: string
    username: string
    avatar_url: string
    profile_as_of: Timestamp
    last_comment_read_id: number
    /** By {@link formatReadingTime}. */
    last_comment_read_as_of: string
    newest_read_as_of: Timestamp
    newest_read_id: number
    last_comment_received_id: number
    last_comment_received_as_of: string
    newest_received_as_of: Timestamp
    newest_received_id: number
    muted_as_of: Timestamp
    /** A number, because DynamoDB does not compare booleans. */
    muted: 0 | 1
    baseline_as_of: Timestamp
    baseline_comment_id: number
    baseline_unread_count: number
  }
  comment: {
    posted_at: Timestamp
    author: Email
    message: string
    edited_at: Timestamp
    edited_message: string
    deleted_at: Timestamp
    /** Empty. Set with `deleted_at`, and stored in place of a text that arrives later. */
    removed_text: string
  }
  profile: {
    profile_as_of: Timestamp
    username: string
    avatar_url: string
    /** The sort key of the last row whose room has received this profile. */
    reached: string
    /** The time of a profile with this name and avatar that all rooms of the user have had. */
    copied_as_of: Timestamp
  }
}

/** A user's own profile. A room that is joined later copies it. */
export interface StoredProfile {
  profile_as_of: Timestamp
  username: string
  avatar_url: string
  reached: string | undefined
  copied_as_of: Timestamp | undefined
}

/** A room that is not stored has revision 0 and no type. */
export const parseRoom = (roomId: number, item: Item = {}): Room => {
  const { text, number } = makeReaders<'room'>(item)
  const type = text('type')
  if (type !== undefined && type !== 'single' && type !== 'group')
    throw new Unreadable(
      `room ${roomId} is stored with the type "${type}": correct it in the table`,
    )
  return {
    room_id: roomId,
    revision: number('revision') ?? 0,
    type,
    name: text('name'),
    avatar_url: text('avatar_url'),
    created_at: text('created_at'),
  }
}

export const parseParticipant = (item: Item & Key): Participant => {
  const { text, number } = makeReaders<'participant'>(item)
  const joinings = readTexts(item, 'joinings')
  const readTime = (kind: 'read' | 'received') =>
    parseReadingTime(text(`last_comment_${kind}_as_of`), number(`last_comment_${kind}_id`))
  return {
    key: parseParticipantEmail(item),
    email: text('email'),
    id: number('id'),
    joined_at: text('joined_at'),
    joinings: joinings && [...joinings],
    position: number('position'),
    left_at: text('left_at'),
    username: text('username'),
    avatar_url: text('avatar_url'),
    last_comment_read_id: number('last_comment_read_id'),
    last_comment_read_as_of: readTime('read'),
    newest_read_as_of: text('newest_read_as_of'),
    newest_read_id: number('newest_read_id'),
    last_comment_received_id: number('last_comment_received_id'),
    last_comment_received_as_of: readTime('received'),
    newest_received_as_of: text('newest_received_as_of'),
    newest_received_id: number('newest_received_id'),
    muted: number('muted') === 1,
    baseline_unread_count: number('baseline_unread_count'),
    baseline_comment_id: number('baseline_comment_id'),
    baseline_as_of: text('baseline_as_of'),
  }
}

/**
 * Formats the time of the reading with the greatest id. The id stands behind it, because version 1.0.0, which may run
 * beside this one during a canary, stores a greater id and leaves the time of another reading.
 */
export const formatReadingTime = (asOf: Timestamp, commentId: number): string =>
  `${asOf}#${commentId}`

/** @returns undefined if the time is that of another reading */
const parseReadingTime = (
  text: string | undefined,
  commentId: number | undefined,
): Timestamp | undefined => {
  const [asOf, id] = text?.split('#') ?? []
  return Number(id) === commentId ? asOf : undefined
}

export const parseComment = (item: Item & Key): Comment => {
  const { text } = makeReaders<'comment'>(item)
  return {
    comment_id: parseCommentId(item),
    author: text('author'),
    message: text('message'),
    posted_at: text('posted_at'),
    edited_message: text('edited_message'),
    edited_at: text('edited_at'),
    deleted_at: text('deleted_at'),
  }
}

/** @returns undefined if the user has no profile */
export const parseProfile = (item: Item | undefined): StoredProfile | undefined => {
  if (item === undefined) return undefined
  const { text } = makeReaders<'profile'>(item)
  return {
    profile_as_of: text('profile_as_of') ?? '',
    username: text('username') ?? '',
    avatar_url: text('avatar_url') ?? '',
    reached: text('reached'),
    copied_as_of: text('copied_as_of'),
  }
}

/** Reads attributes of one kind of item, by the names that this kind has. */
const makeReaders = <Kind extends keyof StoredItems>(item: Item) => ({
  text: (name: keyof StoredItems[Kind] & string) => readText(item, name),
  number: (name: keyof StoredItems[Kind] & string) => readNumber(item, name),
})
