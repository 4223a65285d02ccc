import { normalizeEmail } from '../domain/email.ts'
import type { ChatEvent, NamedParticipant, Profile } from '../domain/events.ts'
import { preview } from '../domain/preview.ts'
import type { Timestamp } from '../domain/time.ts'
import { commentKey, type Key, participantKey, profileKey, roomKey } from './keys.ts'

/** One group of attributes of one item, known or not as a whole: see `newestWins`. */
export interface Fact {
  key: Key
  /** Its time first, where it has one. */
  group: Record<string, string | number>
  /** Attributes that this fact, being newer, makes void. */
  forget?: string[]
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
        roomFact(event, 'created_at', occurred_at),
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
      // Told by the chat backend, so that it need not be told.
      return [participantFact(event, event.email, { left_at: occurred_at }, ['left_through'])]
    case 'comment.posted':
      return [
        commentFact(event, {
          posted_at: occurred_at,
          author: normalizeEmail(event.email),
          message: preview(event.message),
        }),
      ]
    case 'comment.edited':
      return [
        commentFact(event, { edited_at: occurred_at, edited_message: preview(event.message) }),
      ]
    case 'comment.deleted':
      return [commentFact(event, { deleted_at: occurred_at })]
    case 'comment.read':
      return [participantFact(event, event.email, { last_comment_read_id: event.comment_id })]
    case 'comment.received':
      return [participantFact(event, event.email, { last_comment_received_id: event.comment_id })]
    case 'profile.updated':
      return [profileFact(profileKey(normalizeEmail(event.email)), event, occurred_at)]
  }
}

/** A profile as the user's own, for rooms joined later, or as a participant's. */
export const profileFact = (
  key: Key,
  { username, avatar_url }: Profile,
  asOf: Timestamp,
): Fact => ({ key, group: { profile_as_of: asOf, username, avatar_url } })

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
  key: roomKey(room_id),
  group: { [`${name}_as_of`]: occurred_at, [name]: value },
})

/** Whoever comes back leaves anew: the mark of an earlier leave through the API goes. */
const joinFacts = (event: OfRoom, participant: NamedParticipant, position: number): Fact[] => {
  const { id, email } = participant
  const joining = { joined_at: event.occurred_at, position, id, email }
  const key = participantKey(event.room_id, normalizeEmail(email))
  return [
    { key, group: joining, forget: ['left_through'] },
    profileFact(key, participant, event.occurred_at),
  ]
}

const participantFact = (
  { room_id }: OfRoom,
  email: string,
  group: Fact['group'],
  forget?: string[],
): Fact => ({
  key: participantKey(room_id, normalizeEmail(email)),
  group,
  ...(forget && { forget }),
})

const commentFact = (
  { room_id, comment_id }: { room_id: number; comment_id: number },
  group: Fact['group'],
): Fact => ({ key: commentKey(room_id, comment_id), group })

/** All that a listing's room tells: nobody else's count, and not who wrote the last comment. */
const importFacts = (event: Extract<ChatEvent, { type: 'room.imported' }>): Fact[] => {
  const { occurred_at, viewer, last_comment: last, participants } = event
  return [
    ...roomFacts(event),
    roomFact(event, 'created_at', event.created_at),
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
          commentFact(
            { room_id: event.room_id, comment_id: last.comment_id },
            { posted_at: last.posted_at, author: '', message: preview(last.message) },
          ),
          participantFact(event, viewer, {
            baseline_as_of: occurred_at,
            baseline_comment_id: last.comment_id,
            baseline_unread_count: event.unread_count,
          }),
        ]),
  ]
}
