import { type Email, normalizeEmail } from '../../domain/email.ts'
import type { ChatEvent, NamedParticipant, Profile, RoomImported } from '../../domain/events.ts'
import { makePreview } from '../../domain/preview.ts'
import type { RoomType } from '../../domain/room-state.ts'
import type { Timestamp } from '../../domain/time.ts'
import { commentKey, type Key, participantKey, profileKey, roomKey } from '../keys.ts'
import { formatReadingTime, type StoredItems } from './items.ts'

/** A change of one item. Facts can be recorded in any order, and more than once. */
export type Fact =
  | { [Kind in keyof StoredItems]: NewestFact<Kind> }[keyof StoredItems]
  | TypeFact
  | CreationFact
  | JoiningFact

/** A group of attributes that belong together. The newest group is kept. */
export interface NewestFact<Kind extends keyof StoredItems> {
  rule: 'newest'
  item: Kind
  key: Key
  /** Compared in this order: the time comes first, except in a reading with the greatest id. */
  group: Group<Kind>
  /** Attributes that this fact removes if it is newer. */
  remove?: (keyof StoredItems[Kind])[]
  /** The attribute that holds a comment's text. It is not stored if the comment is deleted. */
  text?: keyof StoredItems[Kind]
}

type Group<Kind extends keyof StoredItems> = {
  [Name in keyof StoredItems[Kind]]?: StoredItems[Kind][Name] & (string | number)
}

/** A room's type. The first one is kept: an event with another type is refused. */
export interface TypeFact {
  rule: 'first'
  item: 'room'
  key: Key
  type: RoomType
}

/** A room's creation. The earliest time is kept, so a repeated creation does not move the room. */
export interface CreationFact {
  rule: 'oldest'
  item: 'room'
  key: Key
  createdAt: Timestamp
}

/** One of a participant's joinings. */
export interface JoiningFact {
  rule: 'joining'
  item: 'participant'
  key: Key
  joinedAt: Timestamp
}

/** Translates an event into facts. Those of the room come first. */
export const listFacts = (event: ChatEvent): Fact[] => {
  const { occurred_at } = event
  switch (event.type) {
    case 'room.created':
      return [
        makeTypeFact(event.room_id, event.room_type),
        makeCreationFact(event.room_id, occurred_at),
        ...listRoomFacts(event),
        ...event.participants.flatMap((participant, position) =>
          listJoiningFacts(event, participant, position),
        ),
      ]
    case 'room.updated':
      return listRoomFacts(event)
    case 'room.imported':
      return listImportFacts(event)
    case 'participant.joined':
      return listJoiningFacts(event, event.participant, 0)
    case 'participant.left':
      return [makeLeaveFact(event.room_id, normalizeEmail(event.email), occurred_at)]
    case 'participant.muted':
      return [
        makeParticipantFact(event, event.email, {
          muted_as_of: occurred_at,
          muted: event.muted ? 1 : 0,
        }),
      ]
    case 'comment.posted':
      return [
        {
          ...makeCommentFact(event, {
            posted_at: occurred_at,
            author: normalizeEmail(event.email),
            message: makePreview(event.message),
          }),
          text: 'message',
        },
      ]
    case 'comment.edited':
      return [
        {
          ...makeCommentFact(event, {
            edited_at: occurred_at,
            edited_message: makePreview(event.message),
          }),
          text: 'edited_message',
        },
      ]
    case 'comment.deleted':
      return [
        {
          ...makeCommentFact(event, { deleted_at: occurred_at, removed_text: '' }),
          remove: ['message', 'edited_message'],
        },
      ]
    case 'comment.read':
      return listReadingFacts(event, event.email, 'read', event.comment_id)
    case 'comment.received':
      return listReadingFacts(event, event.email, 'received', event.comment_id)
    case 'profile.updated':
      // The newer profile has been copied into no room yet.
      return [
        {
          rule: 'newest',
          item: 'profile',
          key: profileKey(normalizeEmail(event.email)),
          group: makeProfileGroup(event, occurred_at),
          remove: ['reached', 'copied_as_of'],
        },
      ]
  }
}

/** A profile, stored with the participant of one room. */
export const makeProfileFact = (
  key: Key,
  profile: Profile,
  asOf: Timestamp,
): NewestFact<'participant'> => ({
  rule: 'newest',
  item: 'participant',
  key,
  group: makeProfileGroup(profile, asOf),
})

/** A leave that the chat backend knows of, so it must not be published to the backend again. */
export const makeLeaveFact = (
  roomId: number,
  email: Email,
  leftAt: Timestamp,
): NewestFact<'participant'> => ({
  rule: 'newest',
  item: 'participant',
  key: participantKey(roomId, email),
  group: { left_at: leftAt },
  remove: ['left_through'],
})

const makeProfileGroup = ({ username, avatar_url }: Profile, profile_as_of: Timestamp) => ({
  profile_as_of,
  username,
  avatar_url,
})

interface RoomEvent {
  room_id: number
  occurred_at: Timestamp
}

const listRoomFacts = (
  event: RoomEvent & { room_name?: string | undefined; room_avatar_url?: string | undefined },
): NewestFact<'room'>[] => {
  const { occurred_at, room_name, room_avatar_url } = event
  const facts: NewestFact<'room'>[] = []
  if (room_name !== undefined)
    facts.push(makeRoomFact(event, { name_as_of: occurred_at, name: room_name }))
  if (room_avatar_url !== undefined)
    facts.push(makeRoomFact(event, { avatar_url_as_of: occurred_at, avatar_url: room_avatar_url }))
  return facts
}

const makeRoomFact = ({ room_id }: RoomEvent, group: Group<'room'>): NewestFact<'room'> => ({
  rule: 'newest',
  item: 'room',
  key: roomKey(room_id),
  group,
})

export const makeTypeFact = (roomId: number, type: RoomType): TypeFact => ({
  rule: 'first',
  item: 'room',
  key: roomKey(roomId),
  type,
})

export const makeCreationFact = (roomId: number, createdAt: Timestamp): CreationFact => ({
  rule: 'oldest',
  item: 'room',
  key: roomKey(roomId),
  createdAt,
})

/** After a newer joining, an earlier leave must not be published any more. */
const listJoiningFacts = (
  event: RoomEvent,
  participant: NamedParticipant,
  position: number,
): Fact[] => {
  const { id, email } = participant
  const joined_at = event.occurred_at
  const key = participantKey(event.room_id, normalizeEmail(email))
  return [
    {
      ...makeParticipantFact(event, email, { joined_at, position, id, email }),
      remove: ['left_through'],
    },
    { rule: 'joining', item: 'participant', key, joinedAt: joined_at },
    makeProfileFact(key, participant, joined_at),
  ]
}

/** Of the readings of a participant, the one with the greatest id is kept, and the newest: see standing.ts. */
const listReadingFacts = (
  event: RoomEvent,
  email: string,
  kind: 'read' | 'received',
  comment_id: number,
): NewestFact<'participant'>[] => [
  makeParticipantFact(event, email, {
    [`last_comment_${kind}_id`]: comment_id,
    [`last_comment_${kind}_as_of`]: formatReadingTime(event.occurred_at, comment_id),
  }),
  makeParticipantFact(event, email, {
    [`newest_${kind}_as_of`]: event.occurred_at,
    [`newest_${kind}_id`]: comment_id,
  }),
]

const makeParticipantFact = (
  { room_id }: RoomEvent,
  email: string,
  group: Group<'participant'>,
): NewestFact<'participant'> => ({
  rule: 'newest',
  item: 'participant',
  key: participantKey(room_id, normalizeEmail(email)),
  group,
})

const makeCommentFact = (
  { room_id, comment_id }: { room_id: number; comment_id: number },
  group: Group<'comment'>,
): NewestFact<'comment'> => ({
  rule: 'newest',
  item: 'comment',
  key: commentKey(room_id, comment_id),
  group,
})

/** A listing shows only the viewer's unread count, and not who wrote the last comment. */
const listImportFacts = (event: RoomImported): Fact[] => {
  const { room_id, occurred_at, viewer, last_comment: last, participants } = event
  const facts: Fact[] = [
    makeTypeFact(room_id, event.room_type),
    makeCreationFact(room_id, event.created_at),
    ...listRoomFacts(event),
  ]
  for (const [position, participant] of participants.entries()) {
    const { email, last_comment_read_id, last_comment_received_id } = participant
    facts.push(
      ...listJoiningFacts(event, participant, position),
      ...listReadingFacts(event, email, 'read', last_comment_read_id),
      ...listReadingFacts(event, email, 'received', last_comment_received_id),
    )
  }
  if (last === undefined) return facts
  const comment = { room_id, comment_id: last.comment_id }
  return [
    ...facts,
    {
      ...makeCommentFact(comment, {
        posted_at: last.posted_at,
        author: '',
        message: makePreview(last.message),
      }),
      text: 'message',
    },
    makeParticipantFact(event, viewer, {
      baseline_as_of: occurred_at,
      baseline_comment_id: last.comment_id,
      baseline_unread_count: event.unread_count,
    }),
  ]
}
