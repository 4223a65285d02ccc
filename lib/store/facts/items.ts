import type { Email } from '../../domain/email.ts'
import {
  type Comment,
  type Participant,
  type Room,
  type RoomType,
} from '../../domain/room-state.ts'
import type { Timestamp } from '../../domain/time.ts'
import { type Item, readNumber, readText } from '../item.ts'
import { commentIdOf, type Key, participantOf } from '../keys.ts'
import type { publishedLeave } from '../table.ts'

/**
 * The items that facts are stored in, beside their keys, and how each is parsed when it is read. Every
 * attribute is written by a fact, so that each may be missing; only a room's revision and type are
 * written otherwise.
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
    /** `api` where the leave is to be published to the chat backend. */
    left_through: typeof publishedLeave.markValue
    /** Of a leave that is to be published: the pipe cannot take it from the key, nor make a number of it. */
    room_id: string
    username: string
    avatar_url: string
    profile_as_of: Timestamp
    last_comment_read_id: number
    last_comment_received_id: number
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
    /** Empty; set with `deleted_at`, it takes the place of a text that arrives later. */
    removed_text: string
  }
  profile: {
    profile_as_of: Timestamp
    username: string
    avatar_url: string
    /** The sort key of the last row whose room has this profile. */
    reached: string
  }
}

/** A user's own profile, which rooms that are joined later take over. */
export interface StoredProfile {
  profile_as_of: Timestamp
  username: string
  avatar_url: string
  reached: string | undefined
}

/** A room of which nothing is known has revision 0 and no type. */
export const parseRoom = (roomId: number, item: Item = {}): Room => {
  const type = readText(item, 'type')
  if (type !== undefined && type !== 'single' && type !== 'group')
    throw new Error(`room ${roomId} is stored with the type "${type}": correct it in the table`)
  return {
    room_id: roomId,
    revision: readNumber(item, 'revision') ?? 0,
    type,
    name: readText(item, 'name'),
    avatar_url: readText(item, 'avatar_url'),
    created_at: readText(item, 'created_at'),
  }
}

export const parseParticipant = (item: Item & Key): Participant => {
  const joinings = item['joinings'] as ReadonlySet<Timestamp> | undefined
  return {
    key: participantOf(item),
    email: readText(item, 'email'),
    id: readNumber(item, 'id'),
    joined_at: readText(item, 'joined_at'),
    joinings: joinings && [...joinings],
    position: readNumber(item, 'position'),
    left_at: readText(item, 'left_at'),
    username: readText(item, 'username'),
    avatar_url: readText(item, 'avatar_url'),
    last_comment_read_id: readNumber(item, 'last_comment_read_id'),
    last_comment_received_id: readNumber(item, 'last_comment_received_id'),
    baseline_unread_count: readNumber(item, 'baseline_unread_count'),
    baseline_comment_id: readNumber(item, 'baseline_comment_id'),
    baseline_as_of: readText(item, 'baseline_as_of'),
  }
}

export const parseComment = (item: Item & Key): Comment => ({
  comment_id: commentIdOf(item),
  author: readText(item, 'author'),
  message: readText(item, 'message'),
  posted_at: readText(item, 'posted_at'),
  edited_message: readText(item, 'edited_message'),
  edited_at: readText(item, 'edited_at'),
  deleted_at: readText(item, 'deleted_at'),
})

/** @returns undefined where the user has none */
export const parseProfile = (item: Item | undefined): StoredProfile | undefined =>
  item && {
    profile_as_of: readText(item, 'profile_as_of') ?? '',
    username: readText(item, 'username') ?? '',
    avatar_url: readText(item, 'avatar_url') ?? '',
    reached: readText(item, 'reached'),
  }
