import { normalizeEmail } from '../domain/email.ts'
import type { ChatEvent, NamedParticipant, Profile } from '../domain/events.ts'
import { preview } from '../domain/preview.ts'
import type { Timestamp } from '../domain/time.ts'
import { commentKey, type Key, participantKey, profileKey, roomKey } from './keys.ts'

/** One thing that an event says of one item, which can be recorded in any order. */
export type Fact = NewestFact | OldestFact | JoiningFact

/** A group of attributes, known or not as a whole: the newest stays, see `newestWins`. */
export interface NewestFact {
  rule: 'newest'
  key: Key
  /** Its time first, where it has one. */
  group: Record<string, string | number>
  /** Attributes that this fact, being newer, removes. */
  remove?: string[]
  /** The attribute of the group that holds a comment's text, which a deleted comment does not keep. */
  text?: string
  /** Whether it deletes the comment. */
  deletes?: true
}

/** An attribute of which the least value stays. */
export interface OldestFact {
  rule: 'oldest'
  key: Key
  name: string
  value: string
}

/** One of a participant's joinings. */
export interface JoiningFact {
  rule: 'joining'
  key: Key
  joinedAt: Timestamp
}

/**
 * What an event says, as facts that can be recorded in any order. A room's type is none of them:
 * it never changes.
 */
export const factsOf = (event: ChatEvent): Fact[] => {
  const { occurred_at } = event
  switch (event.type) {
    case 'room.created':
      return [
        ...roomFacts(event),
        creationFact(event.room_id, occurred_at),
        ...event.participants.flatMap((participant, position) =>
          joinFacts(event, participant, position),
        ),
      ]
    case 'room.updated':
      return roomFacts(event)
    case 'room.imported':
      return importFacts(event)
    case 'participant.joined':
      return joinFacts(event, event.participant, 0)
    case 'participant.left':
      // The chat backend knows of this leave, so it is not published to it.
      return [
        {
          ...participantFact(event, event.email, { left_at: occurred_at }),
          remove: ['left_through'],
        },
      ]
    case 'comment.posted':
      return [
        {
          ...commentFact(event, {
            posted_at: occurred_at,
            author: normalizeEmail(event.email),
            message: preview(event.message),
          }),
          text: 'message',
        },
      ]
    case 'comment.edited':
      return [
        {
          ...commentFact(event, {
            edited_at: occurred_at,
            edited_message: preview(event.message),
          }),
          text: 'edited_message',
        },
      ]
    case 'comment.deleted':
      return [
        {
          ...commentFact(event, { deleted_at: occurred_at }),
          remove: ['message', 'edited_message'],
          deletes: true,
        },
      ]
    case 'comment.read':
      return [participantFact(event, event.email, { last_comment_read_id: event.comment_id })]
    case 'comment.received':
      return [participantFact(event, event.email, { last_comment_received_id: event.comment_id })]
    case 'profile.updated':
      return [userProfileFact(event)]
  }
}

/** A profile as the user's own, for rooms joined later. A newer one has yet to reach all rooms. */
export const userProfileFact = (
  event: Profile & { email: string; occurred_at: Timestamp },
): NewestFact => ({
  ...profileFact(profileKey(normalizeEmail(event.email)), event, event.occurred_at),
  remove: ['reached'],
})

/** A profile as a participant's. */
export const profileFact = (
  key: Key,
  { username, avatar_url }: Profile,
  asOf: Timestamp,
): NewestFact => ({
  rule: 'newest',
  key,
  group: { profile_as_of: asOf, username, avatar_url },
})

interface OfRoom {
  room_id: number
  occurred_at: Timestamp
}

const roomFacts = (
  event: OfRoom & { room_name?: string | undefined; room_avatar_url?: string | undefined },
): Fact[] => [
  ...(event.room_name === undefined ? [] : [roomFact(event, 'name', event.room_name)]),
  ...(event.room_avatar_url === undefined
    ? []
    : [roomFact(event, 'avatar_url', event.room_avatar_url)]),
]

const roomFact = ({ room_id, occurred_at }: OfRoom, name: string, value: string): Fact => ({
  rule: 'newest',
  key: roomKey(room_id),
  group: { [`${name}_as_of`]: occurred_at, [name]: value },
})

/** A room is as old as its earliest creation: one that is repeated does not move it in the list. */
const creationFact = (roomId: number, createdAt: Timestamp): Fact => ({
  rule: 'oldest',
  key: roomKey(roomId),
  name: 'created_at',
  value: createdAt,
})

/** Whoever comes back leaves anew: the mark of an earlier leave through the API goes. */
const joinFacts = (event: OfRoom, participant: NamedParticipant, position: number): Fact[] => {
  const { id, email } = participant
  const joining = { joined_at: event.occurred_at, position, id, email }
  const key = participantKey(event.room_id, normalizeEmail(email))
  return [
    { rule: 'newest', key, group: joining, remove: ['left_through'] },
    { rule: 'joining', key, joinedAt: event.occurred_at },
    profileFact(key, participant, event.occurred_at),
  ]
}

const participantFact = (
  { room_id }: OfRoom,
  email: string,
  group: NewestFact['group'],
): NewestFact => ({ rule: 'newest', key: participantKey(room_id, normalizeEmail(email)), group })

const commentFact = (
  { room_id, comment_id }: { room_id: number; comment_id: number },
  group: NewestFact['group'],
): NewestFact => ({ rule: 'newest', key: commentKey(room_id, comment_id), group })

/** All that a listing's room says: nobody else's count, and not who wrote the last comment. */
const importFacts = (event: Extract<ChatEvent, { type: 'room.imported' }>): Fact[] => {
  const { occurred_at, viewer, last_comment: last, participants } = event
  return [
    ...roomFacts(event),
    creationFact(event.room_id, event.created_at),
    ...participants.flatMap((participant, position) => [
      ...joinFacts(event, participant, position),
      participantFact(event, participant.email, {
        last_comment_read_id: participant.last_comment_read_id,
      }),
      participantFact(event, participant.email, {
        last_comment_received_id: participant.last_comment_received_id,
      }),
    ]),
    ...(last === undefined
      ? []
      : [
          {
            ...commentFact(
              { room_id: event.room_id, comment_id: last.comment_id },
              { posted_at: last.posted_at, author: '', message: preview(last.message) },
            ),
            text: 'message',
          },
          participantFact(event, viewer, {
            baseline_as_of: occurred_at,
            baseline_comment_id: last.comment_id,
            baseline_unread_count: event.unread_count,
          }),
        ]),
  ]
}
