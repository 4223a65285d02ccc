import { type Email, normalizeEmail } from '../../domain/email.ts'
import type {
  ChatEvent,
  NamedParticipant,
  ParticipantFlagged,
  Profile,
  RoomImported,
  RoomDetails,
} from '../../domain/events.ts'
import {
  type GroupName,
  type Values,
  roomDetails,
  type DetailName,
} from '../../domain/fact-groups.ts'
import type { Flag } from '../../domain/flags.ts'
import { makePreview } from '../../domain/preview.ts'
import type { RoomType } from '../../domain/room-type.ts'
import type { Timestamp } from '../../domain/time.ts'
import { commentKey, type Key, participantKey, profileKey, roomKey } from '../keys.ts'
import { type Fact, type FactOf, makeFact } from './fact.ts'
import { formatReadTime } from './items.ts'

/** Translates an event into facts. Those of the room come first. */
export const listFacts = (event: ChatEvent): Fact[] => {
  const { occurred_at } = event
  switch (event.type) {
    case 'room.created':
      return [
        ...listCreationFacts(event, event.room_type, occurred_at),
        ...listRoomFacts(event),
        ...event.participants.flatMap((participant, position) =>
          listJoinFacts(event, participant, position),
        ),
      ]
    case 'room.updated':
      return listRoomFacts(event)
    case 'room.imported':
      return listImportFacts(event)
    case 'participant.joined':
      return listJoinFacts(event, event.participant, 0)
    case 'participant.left':
      return [makeLeaveFact(event.room_id, normalizeEmail(event.email), occurred_at)]
    case 'participant.muted':
      return [makeFlagFact(event, 'muted', event.muted)]
    case 'participant.pinned':
      return [makeFlagFact(event, 'pinned', event.pinned)]
    case 'participant.archived':
      return [makeFlagFact(event, 'archived', event.archived)]
    case 'participant.marked_unread':
      return [makeFlagFact(event, 'marked_unread', event.marked_unread)]
    case 'comment.posted':
      return [
        makeCommentFact(event, 'posting', {
          posted_at: occurred_at,
          author: normalizeEmail(event.email),
          message: makePreview(event.message),
          username: event.username,
        }),
      ]
    case 'comment.edited':
      return [
        makeCommentFact(event, 'edit', {
          edited_at: occurred_at,
          edited_message: makePreview(event.message),
        }),
      ]
    case 'comment.deleted':
      return [makeCommentFact(event, 'deletion', { deleted_at: occurred_at, removed_text: '' })]
    case 'comment.read':
      return listReadFacts(event, event.email, event.comment_id)
    case 'comment.received':
      return listReceivedFacts(event, event.email, event.comment_id)
    case 'profile.updated': {
      const key = profileKey(normalizeEmail(event.email))
      return [makeFact('profile', 'profile', key, toProfileValues(event, occurred_at))]
    }
  }
}

/** A profile, stored with the participant of one room. */
export const makeProfileFact = (key: Key, profile: Profile, asOf: Timestamp): Fact =>
  makeFact('participant', 'profile', key, toProfileValues(profile, asOf))

/** A leave that the chat backend knows of, so it must not be published to the backend again. */
export const makeLeaveFact = (roomId: number, email: Email, left_at: Timestamp): Fact =>
  makeFact('participant', 'leave', participantKey(roomId, email), { left_at })

const toProfileValues = ({ username, avatar_url }: Profile, profile_as_of: Timestamp) => ({
  profile_as_of,
  username,
  avatar_url,
})

interface OfRoom {
  room_id: number
  occurred_at: Timestamp
}

const listCreationFacts = ({ room_id }: OfRoom, type: RoomType, created_at: Timestamp): Fact[] => [
  makeFact('room', 'type', roomKey(room_id), { type }),
  makeFact('room', 'creation', roomKey(room_id), { created_at }),
]

const listRoomFacts = (event: OfRoom & RoomDetails): Fact[] =>
  roomDetails.flatMap(({ group, asOf, attribute, detail }) => {
    const value = event[detail]
    const values = { [asOf]: event.occurred_at, [attribute]: value }
    const key = roomKey(event.room_id)
    return value === undefined ? [] : [{ kind: 'room', group, key, values } as Fact]
  })

/** Does not compile if no group in fact-groups.ts holds a detail of events. */
true satisfies keyof RoomDetails extends DetailName ? true : false

const listJoinFacts = (event: OfRoom, participant: NamedParticipant, position: number): Fact[] => {
  const { id, email } = participant
  const joined_at = event.occurred_at
  return [
    makeParticipantFact(event, email, 'join', { joined_at, position, id, email }),
    makeParticipantFact(event, email, 'joins', { joinings: [joined_at] }),
    makeParticipantFact(event, email, 'profile', toProfileValues(participant, joined_at)),
  ]
}

/** Of the reads of a participant, the one with the greatest id is kept, and the newest: see standing.ts. */
const listReadFacts = (event: OfRoom, email: string, comment_id: number): Fact[] => [
  makeParticipantFact(event, email, 'greatestRead', {
    last_comment_read_id: comment_id,
    last_comment_read_as_of: formatReadTime(event.occurred_at, comment_id),
  }),
  makeParticipantFact(event, email, 'newestRead', {
    newest_read_as_of: event.occurred_at,
    newest_read_id: comment_id,
  }),
]

const listReceivedFacts = (event: OfRoom, email: string, comment_id: number): Fact[] => [
  makeParticipantFact(event, email, 'greatestReceived', {
    last_comment_received_id: comment_id,
    last_comment_received_as_of: formatReadTime(event.occurred_at, comment_id),
  }),
  makeParticipantFact(event, email, 'newestReceived', {
    newest_received_as_of: event.occurred_at,
    newest_received_id: comment_id,
  }),
]

const makeFlagFact = (event: ParticipantFlagged, flag: Flag, isSet: boolean): Fact => {
  const key = participantKey(event.room_id, normalizeEmail(event.email))
  const values = { [`${flag}_as_of`]: event.occurred_at, [flag]: isSet ? 1 : 0 }
  // The group of each flag declares these two attributes.
  return { kind: 'participant', group: flag, key, values } as Fact
}

const makeParticipantFact = <Name extends GroupName<'participant'>>(
  { room_id }: OfRoom,
  email: string,
  group: Name,
  values: Values<'participant', Name>,
): FactOf<'participant', Name> =>
  makeFact('participant', group, participantKey(room_id, normalizeEmail(email)), values)

const makeCommentFact = <Name extends GroupName<'comment'>>(
  { room_id, comment_id }: { room_id: number; comment_id: number },
  group: Name,
  values: Values<'comment', Name>,
): FactOf<'comment', Name> => makeFact('comment', group, commentKey(room_id, comment_id), values)

/** The documents are lists of one viewer: they have the unread count of this viewer only, and no author of the last comment. */
const listImportFacts = (event: RoomImported): Fact[] => {
  const { room_id, occurred_at, viewer, last_comment: last, participants } = event
  const facts: Fact[] = [
    ...listCreationFacts(event, event.room_type, event.created_at),
    ...listRoomFacts(event),
  ]
  for (const [position, participant] of participants.entries()) {
    const { email, last_comment_read_id, last_comment_received_id } = participant
    facts.push(
      ...listJoinFacts(event, participant, position),
      ...listReadFacts(event, email, last_comment_read_id),
      ...listReceivedFacts(event, email, last_comment_received_id),
    )
  }
  if (last === undefined) return facts
  const comment = { room_id, comment_id: last.comment_id }
  return [
    ...facts,
    makeCommentFact(comment, 'posting', {
      posted_at: last.posted_at,
      author: '',
      message: makePreview(last.message),
      username: undefined,
    }),
    makeParticipantFact(event, viewer, 'baseline', {
      baseline_as_of: occurred_at,
      baseline_comment_id: last.comment_id,
      baseline_unread_count: event.unread_count,
    }),
  ]
}
