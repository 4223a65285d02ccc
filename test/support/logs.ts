import fc from 'fast-check'
import type { ChatEvent } from '../../lib/domain/events.ts'
import type { RoomType } from '../../lib/domain/room-state.ts'
import { at } from './world.ts'

/** A log of chat events over a few rooms and users, before it has ids and addresses of its own. */
export interface Log {
  rooms: RoomType[]
  steps: Step[]
}

interface Step {
  kind: ChatEvent['type'] | 'api-leave'
  /** Seconds since the step before: many share a moment. */
  later: number
  room: number
  user: number
  /** Which of the room's comments, some of them still to come. */
  comment: number
  text: string
}

/** Users beyond the two of a personal room. */
const userCount = 4

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('comment.posted' as const) },
    { weight: 3, arbitrary: fc.constant('comment.read' as const) },
    { weight: 2, arbitrary: fc.constantFrom('participant.left', 'participant.joined') },
    { weight: 1, arbitrary: fc.constant('api-leave' as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        'comment.received',
        'comment.edited',
        'comment.deleted',
        'profile.updated',
        'room.updated',
        'room.created',
      ),
    },
  ),
  later: fc.constantFrom(0, 0, 1, 1, 2),
  room: fc.nat(1),
  user: fc.nat(userCount - 1),
  comment: fc.nat(11),
  text: fc.constantFrom('', 'a', 'b', 'é', '😀', '～'),
})

export const log: fc.Arbitrary<Log> = fc.record({
  rooms: fc.tuple(
    fc.constantFrom<RoomType>('single', 'group'),
    fc.constantFrom<RoomType>('single', 'group'),
  ),
  steps: fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }),
})

export interface PlayableLog {
  events: ChatEvent[]
  /** Calls of the API, each at a moment of the log. */
  apiLeaves: { caller: string; roomId: number; now: number }[]
  users: string[]
}

/** Gives a log ids from `firstId` on and addresses of its own, so that many share a table. */
export const playable = ({ rooms, steps }: Log, firstId: number): PlayableLog => {
  const users = Array.from({ length: userCount }, (_, index) => `u${index}-${firstId}@example.com`)
  const roomIds = rooms.map((_, index) => firstId + index)
  const members = rooms.map((type) => (type === 'single' ? users.slice(0, 2) : users.slice(0, 3)))
  const commentId = (room: number, index: number): number => firstId + room * 100 + index + 1
  const posted = rooms.map(() => 0)

  const created = (room: number, seconds: number, name: string): ChatEvent => ({
    type: 'room.created',
    occurred_at: at(seconds),
    room_id: roomIds[room]!,
    room_type: rooms[room]!,
    room_name: name,
    room_avatar_url: '',
    participants: members[room]!.map((email, id) => named(email, id, name)),
  })
  const named = (email: string, id: number, text: string) => ({
    id,
    email: email.replace('u', 'U'),
    username: text,
    avatar_url: `${text}.png`,
  })

  let seconds = 0
  const events = rooms.map((_, room) => created(room, room % 2, 'first'))
  const apiLeaves: PlayableLog['apiLeaves'] = []
  for (const { kind, later, room, user, comment, text } of steps) {
    seconds += later
    const occurred_at = at(seconds)
    const allowed = rooms[room] === 'single' ? members[room]! : users
    const email = allowed[user % allowed.length]!
    const ofRoom = { occurred_at, room_id: roomIds[room]! }
    const ofComment = { ...ofRoom, comment_id: commentId(room, comment) }
    switch (kind) {
      case 'room.created':
        events.push(created(room, seconds, text))
        break
      case 'room.updated':
        events.push({ type: kind, ...ofRoom, room_name: text })
        break
      case 'participant.joined':
        events.push({ type: kind, ...ofRoom, participant: named(email, user, text) })
        break
      case 'participant.left':
        events.push({ type: kind, ...ofRoom, email })
        break
      case 'comment.posted':
        events.push({
          type: kind,
          ...ofRoom,
          comment_id: commentId(room, posted[room]!++),
          email,
          message: text,
        })
        break
      case 'comment.edited':
        events.push({ type: kind, ...ofComment, message: text })
        break
      case 'comment.deleted':
        events.push({ type: kind, ...ofComment })
        break
      case 'comment.read':
      case 'comment.received':
        events.push({ type: kind, ...ofComment, email })
        break
      case 'profile.updated':
        events.push({ type: kind, occurred_at, email, username: text, avatar_url: '' })
        break
      case 'api-leave':
        apiLeaves.push({ caller: email, roomId: roomIds[room]!, now: Date.parse(occurred_at) })
    }
  }
  return { events, apiLeaves, users }
}
