import type { ChatEvent, ProfileUpdated } from '../../lib/domain/events.ts'
import type { Flag } from '../../lib/domain/flags.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { type Timestamp, toTimestamp } from '../../lib/domain/time.ts'
import { type Choose, pick, shuffled } from '../model/choices.ts'
import {
  deleted,
  edited,
  flagged,
  joined,
  left,
  named,
  posted,
  read,
  renamed,
  roomCreated,
} from '../support/events.ts'
import type { ApiLeave } from '../support/expected-listing.ts'

/** A room of the soak, with all that has happened in it. */
export interface Room {
  id: number
  type: RoomType
  /** In the order in which they happened, including those that are not applied yet. */
  events: ChatEvent[]
  leaves: ApiLeave[]
  /** Everyone who is or was in the room. */
  people: Set<string>
  present: Set<string>
  comments: number
  /** Whether its creation is applied. */
  isCreated: boolean
  /** How many events that bring a person in are not applied yet. */
  arriving: Map<string, number>
  /** Who is leaving through the API. */
  leaving: Set<string>
}

/** A user who leaves a room through the API. */
export interface Leaving {
  user: string
  room: Room
}

/** How many users there are, and how many rooms of each type are in use. */
export interface Size extends Record<RoomType, number> {
  users: number
}

/** A room with this many comments is replaced by a new one, and gets fewer events from then on. */
const commentsInUse = 150
/** The most comments in a room. Unread counts thus stay below 999, where the inbox stops counting. */
const mostComments = 400

const eventChoices: [ChatEvent['type'], number][] = [
  ['comment.posted', 48],
  ['comment.read', 16],
  ['comment.received', 5],
  ['comment.edited', 6],
  ['comment.deleted', 5],
  ['participant.joined', 6],
  ['participant.left', 4],
  ['participant.muted', 2],
  ['participant.pinned', 1],
  ['participant.archived', 3],
  ['participant.marked_unread', 2],
  ['room.updated', 4],
  ['profile.updated', 1],
]
const eventTypes = eventChoices.flatMap(([type, weight]) => Array<typeof type>(weight).fill(type))

/**
 * Chooses what happens in the soak, one thing after the other: users, rooms, events and leaves through the API.
 * It does not know the listings: the oracle computes them from the events and leaves.
 */
export class World {
  readonly users: string[]
  readonly rooms: Room[] = []
  readonly profiles = new Map<string, ProfileUpdated[]>()
  readonly #choose: Choose
  readonly #size: Size
  readonly #now: () => number
  #lastTime = 0

  constructor(choose: Choose, size: Size, now: () => number) {
    this.#choose = choose
    this.#size = size
    this.#now = now
    this.users = Array.from({ length: size.users }, (_, index) => `user-${index}@example.com`)
  }

  /** Chooses the next event. The oracle expects it from now on, so it must be applied. */
  nextEvent(): ChatEvent {
    for (const type of ['single', 'group'] as const)
      if (this.#usedRooms(type).length < this.#size[type]) return this.createRoom(type)
    for (;;) {
      const event = this.#tryEvent(pick(this.#choose, eventTypes))
      if (event !== undefined) return event
    }
  }

  createRoom(type: RoomType = pick(this.#choose, ['single', 'group'])): ChatEvent {
    const size = type === 'single' ? 2 : 3 + this.#choose(6)
    const people = shuffled(this.#choose, this.users).slice(0, size)
    const room: Room = {
      id: this.rooms.length + 1,
      type,
      events: [],
      leaves: [],
      people: new Set(people),
      present: new Set(people),
      comments: 0,
      isCreated: false,
      arriving: new Map(),
      leaving: new Set(),
    }
    this.rooms.push(room)
    const addresses = people.map((user) => this.#write(user))
    return this.#addArrival(room, people, roomCreated(room.id, type, addresses, this.#nextTime()))
  }

  /** Notes that an event is applied. */
  noteApplied(event: ChatEvent): void {
    if (event.type !== 'room.created' && event.type !== 'participant.joined') return
    const room = this.rooms[event.room_id - 1]!
    if (event.type === 'room.created') room.isCreated = true
    for (const user of listArrivals(event)) room.arriving.set(user, room.arriving.get(user)! - 1)
  }

  /**
   * Chooses a leave through the API. All events that bring the user into the room are applied, and none brings
   * the user back before {@link endLeave}, so the listings do not depend on when the leave takes effect.
   * @returns undefined if nobody can leave the room that was chosen, or there is no room
   */
  startLeave(): Leaving | undefined {
    if (this.rooms.length === 0) return undefined
    const room = this.#chooseRoom()
    const users = [...room.present].filter((user) => !room.arriving.get(user))
    if (!room.isCreated || users.length === 0) return undefined
    const user = pick(this.#choose, users)
    room.present.delete(user)
    room.leaving.add(user)
    return { user, room }
  }

  /** Notes that a leave succeeded. */
  endLeave({ user, room }: Leaving): void {
    room.leaving.delete(user)
    room.leaves.push({ email: user, room_id: room.id, left_at: this.#nextTime() })
  }

  #tryEvent(type: ChatEvent['type']): ChatEvent | undefined {
    const room = this.#chooseRoom()
    const { id } = room
    const stays = [...room.people].filter((user) => !room.leaving.has(user))
    if (stays.length === 0) return undefined
    const user = pick(this.#choose, stays)
    const email = this.#write(user)
    const comment = this.#choose(room.comments) + 1
    const text = this.#chooseText()
    const hasComments = room.comments > 0
    switch (type) {
      case 'comment.posted':
        if (room.comments >= mostComments || !room.present.has(user)) return undefined
        room.comments += 1
        return this.#add(room, posted(id, room.comments, email, this.#nextTime(), text))
      case 'comment.edited':
        return hasComments
          ? this.#add(room, edited(id, comment, text, this.#nextTime()))
          : undefined
      case 'comment.deleted':
        return hasComments ? this.#add(room, deleted(id, comment, this.#nextTime())) : undefined
      case 'comment.read':
      case 'comment.received':
        return hasComments
          ? this.#add(room, { ...read(id, comment, email, this.#nextTime()), type })
          : undefined
      case 'participant.muted':
      case 'participant.pinned':
      case 'participant.archived':
      case 'participant.marked_unread': {
        const flag = type.slice('participant.'.length) as Flag
        return this.#add(room, flagged(flag, id, email, this.#nextTime(), this.#choose(2) === 0))
      }
      case 'participant.left':
        if (!room.present.has(user)) return undefined
        room.present.delete(user)
        return this.#add(room, left(id, email, this.#nextTime()))
      case 'participant.joined':
        return this.#join(room)
      case 'room.updated':
        return this.#add(room, {
          type,
          room_id: id,
          room_name: text,
          occurred_at: this.#nextTime(),
        })
      default:
        return this.#rename(user, text)
    }
  }

  /** Somebody comes back, or joins a group for the first time. */
  #join(room: Room): ChatEvent | undefined {
    const candidates = (room.type === 'single' ? [...room.people] : this.users).filter(
      (user) => !room.present.has(user) && !room.leaving.has(user),
    )
    if (candidates.length === 0) return undefined
    const user = pick(this.#choose, candidates)
    room.people.add(user)
    room.present.add(user)
    const participant = named(this.#write(user), { username: this.#chooseText() })
    const event = joined(room.id, participant.email, this.#nextTime())
    return this.#addArrival(room, [user], { ...event, participant })
  }

  #rename(user: string, text: string): ChatEvent {
    const event = renamed(this.#write(user), text, this.#nextTime())
    this.profiles.set(user, [...(this.profiles.get(user) ?? []), event])
    return event
  }

  #add<Event extends ChatEvent>(room: Room, event: Event): Event {
    room.events.push(event)
    return event
  }

  #addArrival(room: Room, users: string[], event: ChatEvent): ChatEvent {
    for (const user of users) room.arriving.set(user, (room.arriving.get(user) ?? 0) + 1)
    return this.#add(room, event)
  }

  #usedRooms(type: RoomType): Room[] {
    return this.rooms.filter((room) => room.type === type && room.comments < commentsInUse)
  }

  #chooseRoom(): Room {
    const used = this.#choose(10) > 0 ? this.rooms.filter(isInUse) : this.rooms
    return pick(this.#choose, used)
  }

  /** Later than every time before. The convergence tests cover events of the same moment. */
  #nextTime(): Timestamp {
    this.#lastTime = Math.max(this.#now(), this.#lastTime + 1)
    return toTimestamp(this.#lastTime)
  }

  /** Events write the same address in different ways. */
  #write(user: string): string {
    return this.#choose(2) === 0 ? user : user.replace('u', 'U')
  }

  #chooseText(): string {
    return `${pick(this.#choose, ['hello', 'é', '😀', ''])} ${this.#choose(1000)}`
  }
}

const isInUse = ({ comments }: Room): boolean => comments < commentsInUse

/** The users whom an event brings into its room. */
export const listArrivals = (event: ChatEvent): string[] => {
  if (event.type === 'participant.joined') return [event.participant.email.toLowerCase()]
  if (event.type !== 'room.created') return []
  return event.participants.map(({ email }) => email.toLowerCase())
}
