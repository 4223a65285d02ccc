import fc from 'fast-check'
import type { RoomType } from '../../lib/domain/room-type.ts'
import type { EventType } from '../../lib/events/schemas.ts'
import type { ChatEvent, RoomDetails } from '../../lib/domain/events.ts'
import type { Timestamp } from '../../lib/domain/time.ts'
import type { Flag } from '../../lib/domain/flags.ts'
import { at, deleted, edited, flagged, left, posted, read, renamed } from './events.ts'

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
  kind: EventType | 'api-leave' | 'snapshots'
  /** Seconds since the step before: many steps happen at the same time, some after more than clocks differ. */
  later: number
  room: number
  user: number
  /** A comment of the room, posted or not, or one with an id that no comment ever gets. */
  comment: number
  text: string
  /** Whether a flag is set or taken back. */
  isSet: boolean
  /** Whether a creation names its first participant a second time, in another case. */
  isTwice: boolean
  /** The first delivery, and maybe a repeated one. */
  arrivals: Arrival[]
}

/** When an event is delivered. Shrinking moves events back to the order of the log. */
export interface Arrival {
  /** Events are delivered by place, and those of the same place in the order of the log. */
  place: number
  endsBatch: boolean
}

/** All details that an event may give its room: with a new one, this does not compile until logs have it. */
const nameDetails = (text: string): Record<keyof RoomDetails, string> => ({
  room_name: text,
  room_avatar_url: `${text}.png`,
})

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
const noComment = 99
/** More than the joins that a participant keeps. */
const snapshotCount = 20

/** How often each kind of step comes. With a new type of event, this does not compile until logs have it. */
const weights: Record<Step['kind'], number> = {
  'comment.posted': 72,
  'comment.read': 36,
  'participant.left': 30,
  'participant.joined': 30,
  'participant.muted': 12,
  'participant.pinned': 6,
  'participant.archived': 12,
  'participant.marked_unread': 12,
  'comment.received': 8,
  'comment.edited': 8,
  'comment.deleted': 8,
  'profile.updated': 8,
  'room.updated': 8,
  'room.created': 8,
  'api-leave': 9,
  snapshots: 3,
}
const kinds = (Object.keys(weights) as Step['kind'][]).map((kind) => ({
  weight: weights[kind],
  arbitrary: fc.constant(kind),
}))

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(...kinds),
  later: fc.constantFrom(0, 0, 0, 1, 1, 2, 2, 400),
  room: fc.nat(1),
  user: fc.nat(userCount - 1),
  comment: fc.oneof({ weight: 7, arbitrary: fc.nat(11) }, fc.constant(noComment)),
  text: fc.constantFrom('', 'a', 'b', 'é', '😀', '～'),
  isSet: fc.boolean(),
  isTwice: fc.boolean(),
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

/** How the participants of a log spell an identity: addresses with a capital U, ids as they are. */
const spellEmail = (email: string): string =>
  email.includes('@') ? email.replace('u', 'U') : email

/** A call of the API that leaves a room. */
export interface ApiLeaveCall {
  /** When it is made among the deliveries. */
  place: number
  caller: string
  roomId: number
  /** The clock of the call, in milliseconds since the epoch. */
  now: number
}

/**
 * Names what a log is about by ids from `firstId` on, so that many logs share a table. Two users differ only in
 * the case of their ids.
 * @param mayReplace whether a third person may join a personal room that a member has left. In the order of time,
 * such a log never exceeds the limit of the room.
 */
export const nameLog = (
  { rooms, steps }: EventLog,
  firstId: number,
  { mayReplace }: { mayReplace: boolean },
): NamedLog => {
  const users = [
    `u0-${firstId}@example.com`,
    `u1-${firstId}@example.com`,
    `user-${firstId}`,
    `USER-${firstId}`,
  ]
  const roomIds = rooms.map((_, index) => firstId + index)
  const people = [users, users.toReversed()]
  const members = rooms.map(({ type }, room) => people[room]!.slice(0, type === 'single' ? 2 : 3))
  const commentIdAt = (room: number, index: number): number => firstId + room * 100 + index + 1
  const postedCounts = rooms.map(() => 0)
  const presence = members.map((emails, room) => new Presence(emails, at(room % 2)))

  const name = (email: string, id: number, text: string) => ({
    id,
    email: spellEmail(email),
    username: text,
    avatar_url: `${text}.png`,
  })
  const create = (
    room: number,
    occurred_at: Timestamp,
    text: string,
    emails = members[room]!,
  ): ChatEvent => ({
    type: 'room.created',
    occurred_at,
    room_id: roomIds[room]!,
    room_type: rooms[room]!.type,
    ...nameDetails(text),
    participants: emails.map((email, id) => name(email, id, text)),
  })
  /**
   * The people whom a repeated creation names: those who are in the room, or the first members, if it would not
   * exceed the limit of a personal room.
   */
  const listPeople = (room: number): string[] => {
    const present = presence[room]!.list()
    if (rooms[room]!.type === 'group' || present.length === 0) return members[room]!
    return present
  }

  const log: NamedLog = { events: [], deliveries: [], apiLeaves: [], users }
  const add = (event: ChatEvent, arrivals: Arrival[]): void => {
    log.events.push(event)
    log.deliveries.push(...arrivals.map((arrival) => ({ ...arrival, event })))
  }
  for (const [room, { arrivals }] of rooms.entries())
    add(create(room, at(room % 2), 'first'), arrivals)

  const hasSnapshots = steps.some(({ kind }) => kind === 'snapshots')
  let seconds = 0
  for (const { kind, later, room, user, comment, text, arrivals, ...step } of steps) {
    seconds += later
    const time = at(seconds)
    const room_id = roomIds[room]!
    const commentId = commentIdAt(room, comment)
    const isPersonal = rooms[room]!.type === 'single'
    const allowed = isPersonal && !mayReplace ? members[room]! : people[room]!.slice(0, 3)
    const email = isPersonal ? allowed[user % allowed.length]! : users[user]!
    switch (kind) {
      case 'room.created': {
        const emails = listPeople(room)
        presence[room]!.join(emails, time)
        const first = emails[0]!.includes('@') && !isPersonal && step.isTwice ? [emails[0]!] : []
        const creation = create(room, time, text, emails)
        const again = first.map((email) => ({ ...name(email, 7, text), email }))
        if (creation.type === 'room.created') creation.participants.push(...again)
        add(creation, arrivals)
        break
      }
      case 'snapshots':
        for (let count = 0; count < snapshotCount; count += 1) {
          seconds += 1
          const emails = listPeople(room)
          presence[room]!.join(emails, at(seconds))
          const place = (arrivals[0]!.place + count * 61) % 1000
          add(create(room, at(seconds), text, emails), [{ place, endsBatch: count % 2 === 0 }])
        }
        break
      case 'room.updated':
        add({ type: kind, occurred_at: time, room_id, ...nameDetails(text) }, arrivals)
        break
      case 'participant.joined': {
        const joiners = presence[room]!.listJoiners(allowed)
        const joiner = isPersonal ? joiners[user % joiners.length]! : email
        presence[room]!.join([joiner], time)
        add(
          { type: kind, occurred_at: time, room_id, participant: name(joiner, user, text) },
          arrivals,
        )
        break
      }
      case 'participant.left': {
        presence[room]!.leave(email, time)
        // A leave must not arrive after more joins later than it than a participant keeps.
        const early = arrivals.map((arrival) => ({ ...arrival, place: 0 }))
        add(left(room_id, email, time), hasSnapshots ? early : arrivals)
        break
      }
      case 'participant.muted':
      case 'participant.pinned':
      case 'participant.archived':
      case 'participant.marked_unread':
        add(
          flagged(kind.slice('participant.'.length) as Flag, room_id, email, time, step.isSet),
          arrivals,
        )
        break
      case 'comment.posted': {
        const comment = posted(room_id, commentIdAt(room, postedCounts[room]!), email, time, text)
        add(
          text === 'a' ? comment : ({ ...comment, username: `name ${text}` } as ChatEvent),
          arrivals,
        )
        postedCounts[room]! += 1
        break
      }
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

/** Who is in a personal room, by the events so far. A leave wins over a join at the same time. */
class Presence {
  readonly #joined: Map<string, Timestamp>
  readonly #left = new Map<string, Timestamp>()

  constructor(members: string[], createdAt: Timestamp) {
    this.#joined = new Map(members.map((email) => [email, createdAt]))
  }

  join(emails: string[], time: Timestamp): void {
    for (const email of emails) keepLatest(this.#joined, email, time)
  }

  leave(email: string, time: Timestamp): void {
    keepLatest(this.#left, email, time)
  }

  list(): string[] {
    const isPresent = ([email, time]: [string, Timestamp]) => time > (this.#left.get(email) ?? '')
    return [...this.#joined].filter(isPresent).map(([email]) => email)
  }

  /** Those who may join: people who are not there if there is a place, otherwise those who are there. */
  listJoiners(people: string[]): string[] {
    const present = this.list()
    return present.length < 2 ? people.filter((email) => !present.includes(email)) : present
  }
}

/** Steps may happen before the creation of their room, so a step does not always have the latest time. */
const keepLatest = (times: Map<string, Timestamp>, email: string, time: Timestamp): void => {
  if (time > (times.get(email) ?? '')) times.set(email, time)
}
