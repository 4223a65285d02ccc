import type { ChatEvent, SampleUsers } from './client.ts'
import type { Room } from './pages.ts'

export type EventKind = 'comment' | 'read' | 'join' | 'rename' | 'mute' | 'json'

export const eventKinds: Record<EventKind, string> = {
  comment: 'Somebody comments',
  read: 'Somebody reads the room',
  join: 'Somebody joins',
  rename: 'A new name',
  mute: 'Somebody mutes the room',
  json: 'Any event, as JSON',
}

/** What a person filled in. */
export interface EventFields {
  room: Room
  email: string
  text: string
  muted: boolean
  /** Milliseconds since the epoch. */
  now: number
}

/** The event that a chat backend would send. docs/events.md describes each. */
export const makeEvent = (
  kind: Exclude<EventKind, 'json'>,
  { room, email, text, muted, now }: EventFields,
): ChatEvent => {
  const common = { occurred_at: new Date(now).toISOString(), room_id: room.room_id }
  switch (kind) {
    case 'comment':
      return {
        'detail-type': 'comment.posted',
        // Ids grow with time within a room.
        detail: {
          ...common,
          comment_id: Math.max(now, room.last_comment_id + 1),
          email,
          message: text,
        },
      }
    case 'read':
      return {
        'detail-type': 'comment.read',
        detail: { ...common, comment_id: room.last_comment_id, email },
      }
    case 'join':
      return {
        'detail-type': 'participant.joined',
        detail: { ...common, participant: { id: now, email, username: text, avatar_url: '' } },
      }
    case 'mute':
      return { 'detail-type': 'participant.muted', detail: { ...common, email, muted } }
    case 'rename':
      if (room.room_type === 'group')
        return { 'detail-type': 'room.updated', detail: { ...common, room_name: text } }
      // A personal room has the name of the other one.
      return {
        'detail-type': 'profile.updated',
        detail: {
          occurred_at: common.occurred_at,
          email,
          username: text,
          avatar_url: findPerson(room, email)?.avatar_url ?? '',
        },
      }
  }
}

const findPerson = (room: Room, email: string) =>
  room.room_type === 'single'
    ? room.participants.find((participant) => participant.email === email)
    : undefined

/** The addresses that an event of the room may be about: the listing names participants of personal rooms only. */
export const listPeople = (room: Room, user: string, sampleUsers: SampleUsers): string[] => [
  ...new Set([
    ...(room.room_type === 'single' ? room.participants.map(({ email }) => email) : []),
    user,
    ...sampleUsers,
  ]),
]

/** An event to begin with, for somebody without any room. */
export const makeExample = (user: string, now: number): ChatEvent => ({
  'detail-type': 'room.created',
  detail: {
    occurred_at: new Date(now).toISOString(),
    room_id: now,
    room_type: 'group',
    room_name: 'A new group',
    room_avatar_url: '',
    participants: [{ id: now, email: user, username: user, avatar_url: '' }],
  },
})
