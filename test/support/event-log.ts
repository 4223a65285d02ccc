import fc from 'fast-check'
import type { ChatEvent } from '../../lib/domain/events.ts'
import type { RoomType } from '../../lib/domain/room-state.ts'
import type { Timestamp } from '../../lib/domain/time.ts'
import { at, deleted, edited, left, muted, posted, read, renamed } from './events.ts'

/**
 * What happened in two rooms, in its order: chat events and leaves through the API. Rooms, users and
 * comments are numbers until {@link nameLog} names them.
 */
export interface EventLog {
  /** Each is created before the first step. */
  rooms: { type: RoomType; arrivals: Arrival[] }[]
  steps: Step[]
}

interface Step {
  kind: ChatEvent['type'] | 'api-leave'
  /** Seconds since the step before: many steps happen in the same second. */
  later: number
  room: number
  user: number
  /** A comment of the room, posted or not. */
  comment: number
  text: string
  muted: boolean
  /** The first delivery, and maybe a repeated one. */
  arrivals: Arrival[]
}

/** When an event is delivered. Shrinking moves events back to the order of the log. */
export interface Arrival {
  /** Events are delivered by place, and those of the same place in the order of the log. */
  place: number
  endsBatch: boolean
}

const arrival: fc.Arbitrary<Arrival> = fc.record({
  place: fc.noBias(fc.nat(999)),
  endsBatch: fc.constantFrom(true, false, false),
})

const arrivals = fc.oneof(
  { withCrossShrink: true },
  { weight: 7, arbitrary: fc.tuple(arrival) },
  { weight: 3, arbitrary: fc.tuple(arrival, arrival) },
)

const userCount = 4

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('comment.posted' as const) },
    { weight: 3, arbitrary: fc.constant('comment.read' as const) },
    { weight: 2, arbitrary: fc.constantFrom('participant.left', 'participant.joined') },
    { weight: 2, arbitrary: fc.constant('participant.muted' as const) },
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
  muted: fc.boolean(),
  arrivals,
})

const room = fc.record({ type: fc.constantFrom<RoomType>('single', 'group'), arrivals })

export const eventLog: fc.Arbitrary<EventLog> = fc.record({
  rooms: fc.tuple(room, room),
  steps: fc.array(step, { minLength: 1, maxLength: 30, size: 'max' }),
})

/** A log whose rooms, users and comments have ids and addresses. */
export interface NamedLog {
  /** In the order of the log. */
  events: ChatEvent[]
  deliveries: EventDelivery[]
  apiLeaves: ApiLeaveCall[]
  users: string[]
}

export interface EventDelivery extends Arrival {
  event: ChatEvent
}

/** A call of the API that leaves a room. */
export interface ApiLeaveCall {
  /** When it is made among the deliveries. */
  place: number
  caller: string
  roomId: number
  /** The clock of the call, in milliseconds since the epoch. */
  now: number
}

/** Names what a log is about by ids from `firstId` on, so that many logs share a table. */
export const nameLog = ({ rooms, steps }: EventLog, firstId: number): NamedLog => {
  const users = Array.from({ length: userCount }, (_, index) => `u${index}-${firstId}@example.com`)
  const roomIds = rooms.map((_, index) => firstId + index)
  const members = rooms.map(({ type }) => users.slice(0, type === 'single' ? 2 : 3))
  const commentIdAt = (room: number, index: number): number => firstId + room * 100 + index + 1
  const postedCounts = rooms.map(() => 0)

  const name = (email: string, id: number, text: string) => ({
    id,
    email: email.replace('u', 'U'),
    username: text,
    avatar_url: `${text}.png`,
  })
  const create = (room: number, occurred_at: Timestamp, text: string): ChatEvent => ({
    type: 'room.created',
    occurred_at,
    room_id: roomIds[room]!,
    room_type: rooms[room]!.type,
    room_name: text,
    room_avatar_url: '',
    participants: members[room]!.map((email, id) => name(email, id, text)),
  })

  const log: NamedLog = { events: [], deliveries: [], apiLeaves: [], users }
  const add = (event: ChatEvent, arrivals: Arrival[]): void => {
    log.events.push(event)
    log.deliveries.push(...arrivals.map((arrival) => ({ ...arrival, event })))
  }
  for (const [room, { arrivals }] of rooms.entries())
    add(create(room, at(room % 2), 'first'), arrivals)

  let seconds = 0
  for (const { kind, later, room, user, comment, text, arrivals, ...step } of steps) {
    seconds += later
    const time = at(seconds)
    const room_id = roomIds[room]!
    const commentId = commentIdAt(room, comment)
    const allowed = rooms[room]!.type === 'single' ? members[room]! : users
    const email = allowed[user % allowed.length]!
    switch (kind) {
      case 'room.created':
        add(create(room, time, text), arrivals)
        break
      case 'room.updated':
        add({ type: kind, occurred_at: time, room_id, room_name: text }, arrivals)
        break
      case 'participant.joined':
        add(
          { type: kind, occurred_at: time, room_id, participant: name(email, user, text) },
          arrivals,
        )
        break
      case 'participant.left':
        add(left(room_id, email, time), arrivals)
        break
      case 'participant.muted':
        add(muted(room_id, email, time, step.muted), arrivals)
        break
      case 'comment.posted':
        add(posted(room_id, commentIdAt(room, postedCounts[room]!), email, time, text), arrivals)
        postedCounts[room]! += 1
        break
      case 'comment.edited':
        add(edited(room_id, commentId, text, time), arrivals)
        break
      case 'comment.deleted':
        add(deleted(room_id, commentId, time), arrivals)
        break
      case 'comment.read':
        add(read(room_id, commentId, email, time), arrivals)
        break
      case 'comment.received':
        add({ ...read(room_id, commentId, email, time), type: kind }, arrivals)
        break
      case 'profile.updated':
        add(renamed(email, text, time), arrivals)
        break
      case 'api-leave':
        log.apiLeaves.push({
          place: arrivals[0]!.place,
          caller: email,
          roomId: room_id,
          now: Date.parse(time),
        })
    }
  }
  return log
}
