import { type Choose, pick, shuffled } from './choices.ts'

export type RoomType = 'single' | 'group'

/**
 * Times are whole numbers; a comment's id is its time, so that ids grow with time. A name and a profile have one of
 * few values, so that some events change nothing but a time.
 */
export type Event =
  | {
      type: 'created'
      room: string
      at: number
      roomType: RoomType
      users: string[]
      /** What it says of everybody's profile. */
      value: number
    }
  | { type: 'renamed'; room: string; at: number; value: number }
  | { type: 'joined'; room: string; at: number; user: string; value: number }
  | { type: 'left'; room: string; at: number; user: string }
  | { type: 'posted'; room: string; at: number; id: number; user: string }
  | { type: 'deleted'; room: string; at: number; id: number }
  | { type: 'read'; room: string; at: number; id: number; user: string }
  | { type: 'profile'; at: number; user: string; value: number }

/** All events but a profile's. */
export type RoomEvent = Exclude<Event, { type: 'profile' }>

/** Somebody leaves through the API when the clock says `now`. */
export interface LeaveRequest {
  room: string
  user: string
  now: number
}

export interface Log {
  rooms: string[]
  users: string[]
  /** Applied one after the other, before anything else. */
  before: Event[]
  /** Delivered in any order, by several workers. */
  events: Event[]
  leaves: LeaveRequest[]
  /** Their first delivery ends when the facts are recorded; they are among `events` as well. */
  abandoned: RoomEvent[]
  /** A group with more people than this is large: its rows are projected later. Undefined if none is. */
  largeAbove?: number
}

/**
 * Rare cases show sooner in logs that are made for them:
 * `any`: a room of its own with a bit of everything;
 * `reads`: somebody reads on in a group, and one delivery dies half way;
 * `comings and goings`: one who comes and goes, by events and through the API;
 * `creation`: somebody leaves through the API while the room is created;
 * `profiles`: rooms are created while somebody's profile changes;
 * `snapshots`: a room is created again and again, and names and profiles are sent again;
 * `wrong reads`: somebody has read up to an id that is too high;
 * `many joins`: somebody joins more often than is kept, and leaves once;
 * `a third person`: more people are in a personal room than it shows, so somebody's row comes, goes and comes back;
 * `profiles again`: a profile that all rooms have had is sent again, and changes, while its user joins rooms;
 * `large …`: the same in a group that is large from the start, or becomes large.
 */
export type LogKind = PlainKind | `large ${LargeKind}`

type LargeKind = 'any' | 'reads' | 'comings and goings' | 'creation' | 'snapshots'

type PlainKind =
  | 'any'
  | 'reads'
  | 'comings and goings'
  | 'creation'
  | 'profiles'
  | 'snapshots'
  | 'wrong reads'
  | 'many joins'
  | 'a third person'
  | 'profiles again'

export const makeLog = (kind: LogKind, choose: Choose): Log => {
  if (!kind.startsWith('large ')) return makePlainLog(kind as PlainKind, choose)
  const largeAbove = choose(3)
  const log = makePlainLog(kind.slice('large '.length) as LargeKind, choose, 'group')
  // Without `a`, who may join later, the room may become large later.
  const isSmallFirst = choose(2) === 1
  const shrink = <E extends Event>(event: E): E =>
    isSmallFirst && event.type === 'created' ? { ...event, users: ['b', 'c'] } : event
  return { ...log, before: log.before.map(shrink), events: log.events.map(shrink), largeAbove }
}

const makePlainLog = (kind: PlainKind, choose: Choose, ofType?: RoomType): Log => {
  if (kind === 'profiles') return profiles(choose)
  if (kind === 'profiles again') return profilesAgain(choose)
  const room = 'r1'
  const roomType = ofType ?? (choose(3) < 2 ? 'single' : 'group')
  const users = roomType === 'single' ? ['a', 'b'] : ['a', 'b', 'c']
  const created: Event = { type: 'created', room, at: 0, roomType, users, value: 0 }
  const log = { rooms: [room], users, before: [], leaves: [], abandoned: [] }
  switch (kind) {
    case 'any': {
      const events = several(3 + choose(6), (at) => anyEvent(choose, room, at, users))
      const leaves = several(choose(3), () => {
        return { room, user: pick(choose, users), now: anyTime(choose) }
      })
      return { ...log, events: [created, ...events], leaves }
    }
    case 'reads': {
      const events = several<RoomEvent>(3, (at) => ({ type: 'read', room, at, id: at, user: 'a' }))
      const before: Event[] = [
        { ...created, roomType: 'group' },
        { type: 'posted', room, at: 25, id: 25, user: 'b' },
      ]
      return { ...log, before, events, abandoned: events.slice(-1) }
    }
    case 'comings and goings': {
      const events = several(1 + choose(4), (at) => {
        if (choose(3) === 0) return comment(choose, room, at, users)
        return choose(3) === 0
          ? ({ type: 'left', room, at, user: 'a' } as const)
          : ({ type: 'joined', room, at, user: 'a', value: 0 } as const)
      })
      return { ...log, before: [created], events, leaves: leavesOf('a', room, choose) }
    }
    case 'snapshots': {
      // At most two joins are later than a leave that arrives late: fewer than are kept.
      const events = several(2 + choose(6), (at) => snapshotEvent(choose, created, at))
      return { ...log, before: [created], events }
    }
    case 'many joins': {
      const count = 5 + choose(3)
      const joins = several<Event>(count, (at) =>
        choose(2) === 0
          ? { type: 'joined', room, at, user: 'a', value: 0 }
          : { ...created, at, roomType },
      )
      // At most three joins are later: fewer than are kept.
      const left: Event = { type: 'left', room, at: 10 * (count - choose(4)) + 5, user: 'a' }
      const comments = shuffled(
        choose,
        several(count, (at) => at),
      ).slice(0, 1 + choose(2))
      const posted = comments.map((at): Event => ({ type: 'posted', room, at, id: at, user: 'b' }))
      return { ...log, before: [created], events: [...joins, left, ...posted] }
    }
    case 'a third person': {
      const three = ['a', 'b', 'c']
      const events = several(2 + choose(5), (at): Event => {
        const chance = choose(6)
        if (chance === 0) return comment(choose, room, at, three)
        const user = pick(choose, three)
        return chance < 3
          ? { type: 'left', room, at, user }
          : { type: 'joined', room, at, user, value: 0 }
      })
      const before: Event = { ...created, roomType: 'single', users: ['a', 'b'] }
      const leaves = several(choose(2), () => ({
        room,
        user: pick(choose, three),
        now: anyTime(choose),
      }))
      return { ...log, users: three, before: [before], events, leaves }
    }
    case 'wrong reads': {
      const events = several(2 + choose(5), (at): Event => {
        if (choose(2) === 0) return comment(choose, room, at, users)
        return { type: 'read', room, at, id: 10 + 10 * choose(12), user: 'a' }
      })
      return { ...log, before: choose(2) === 0 ? [] : [created], events: [created, ...events] }
    }
    case 'creation': {
      const cameBack: Event[] = [
        { type: 'joined', room, at: 1, user: 'a', value: 0 },
        { type: 'left', room, at: 2, user: 'a' },
        { type: 'joined', room, at: 3, user: 'a', value: 0 },
      ]
      const events = several(choose(3), (at) => comment(choose, room, at, users))
      return {
        ...log,
        before: choose(2) === 0 ? [] : cameBack,
        events: [created, ...events],
        leaves: leavesOf('a', room, choose),
      }
    }
  }
}

const several = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(10 * (index + 1)))

const anyTime = (choose: Choose): number => 5 + 10 * choose(6)

const leavesOf = (user: string, room: string, choose: Choose): LeaveRequest[] =>
  several(1 + choose(2), () => ({ room, user, now: anyTime(choose) }))

const comment = (choose: Choose, room: string, at: number, users: string[]): Event => {
  return { type: 'posted', room, at, id: at, user: pick(choose, users) }
}

const anyEvent = (choose: Choose, room: string, at: number, users: string[]): Event => {
  const chance = choose(20)
  if (chance < 9) return comment(choose, room, at, users)
  const user = pick(choose, users)
  const id = 10 + 10 * choose(8)
  if (chance < 12) return { type: 'read', room, at, id, user }
  if (chance < 14) return { type: 'deleted', room, at, id }
  if (chance < 15) return { type: 'renamed', room, at, value: choose(2) }
  if (chance < 17) return { type: 'left', room, at, user }
  return { type: 'joined', room, at, user, value: choose(2) }
}

const snapshotEvent = (
  choose: Choose,
  created: Extract<Event, { type: 'created' }>,
  at: number,
): Event => {
  const { room, users } = created
  const value = choose(3) === 0 ? 1 : 0
  const user = pick(choose, users)
  const chance = choose(12)
  if (chance < 4) return { ...created, at, value }
  if (chance < 6) return { type: 'renamed', room, at, value }
  if (chance < 8) return { type: 'profile', at, user, value }
  if (chance < 9) return { type: 'joined', room, at, user, value }
  if (chance < 10) return { type: 'left', room, at, user }
  if (chance < 11) return comment(choose, room, at, users)
  return { type: 'read', room, at, id: at, user }
}

const profilesAgain = (choose: Choose): Log => {
  const users = ['a', 'b']
  const [first, second] = ['r1', 'r2'].map((room): Event => {
    const value = choose(2)
    return { type: 'created', room, at: 1 + 10 * choose(3), roomType: 'single', users, value }
  })
  const changes = several<Event>(2 + choose(2), (at) => {
    return { type: 'profile', at: at + 5, user: 'a', value: choose(2) }
  })
  const again = several<Event>(choose(3), (at) => {
    return { type: 'joined', room: 'r1', at: at + 2, user: 'a', value: choose(2) }
  })
  return {
    rooms: ['r1', 'r2'],
    users,
    before: [first!, { type: 'profile', at: 5, user: 'a', value: 1 }],
    events: [second!, ...changes, ...again],
    leaves: [],
    abandoned: [],
  }
}

const profiles = (choose: Choose): Log => {
  const rooms = ['r1', 'r2', 'r3']
  const users = ['a', 'b']
  const creations = rooms.map<Event>((room, index) => {
    const at = 10 * choose(6) + index
    return { type: 'created', room, at, roomType: 'single', users, value: choose(2) }
  })
  const changes = several<Event>(1 + choose(2), (nth) => {
    return { type: 'profile', at: 10 * choose(6) + 4 + nth / 10, user: 'a', value: choose(2) }
  })
  return {
    rooms,
    users,
    before: [],
    events: [...creations, ...changes],
    leaves: [],
    abandoned: [],
  }
}
