import type { Event, Log, RoomType } from './log.ts'

/** A value and the time of the event that gave it. The newest is kept, and of one time the greater value. */
export interface Dated {
  at: number
  value: number
}

export interface Room {
  revision: number
  type?: RoomType
  named?: Dated
  /** Only of a large group: all rows show the facts of this revision. 0 until its first projection. */
  projected?: number
}

/** Somebody has read up to a comment, as reported at a time. */
export interface Read {
  id: number
  at: number
}

export interface Participant {
  joinedAt?: number
  /** The joins since the last leave, {@link mostJoins} at most: the first and the newest. */
  joins?: number[]
  leftAt?: number
  /** The read with the greatest id, and the newest one. */
  read?: Read
  newestRead?: Read
  profile?: Dated
}

/** Like `maxJoins`, but small, so that short logs reach it. */
export const mostJoins = 4
/** The accepted difference of clocks. */
const tolerance = 5

export interface Comment {
  author?: string
  deleted?: true
}

export interface Facts {
  room: Room
  participants: Map<string, Participant>
  /** By their ids, which are their times too. */
  comments: Map<number, Comment>
}

/** What a row shows of a room. */
export interface Shown {
  named: number
  last: number
  unread: number
  /** In a personal room: who is in it, what they have read, and their profile. */
  members?: [user: string, read: number, profile: number][]
}

/** A leave through the API that happened: it ended the stay of a user who had joined so far. */
export interface Left {
  room: string
  user: string
  leftAt: number
}

export const isPresent = (
  participant: Participant | undefined,
): participant is Participant & { joinedAt: number } =>
  participant?.joinedAt !== undefined && participant.joinedAt > (participant.leftAt ?? -1)

/** Chooses which joins are kept, as `keepJoins` does. */
export const keepJoins = (joins: number[], leftAt = -1): number[] => {
  const [first, ...others] = [...new Set(joins)].filter((at) => at > leftAt).sort((a, b) => a - b)
  return first === undefined ? [] : [first, ...others.slice(1 - mostJoins)]
}

/** When the stay of somebody who is present began. */
export const findStayStart = ({ joinedAt = -1, joins = [], leftAt = -1 }: Participant): number =>
  Math.min(joinedAt, ...joins.filter((at) => at > leftAt))

/** A rule on which comments a participant has read or may see. Without it, rows show something else. */
export type ViewRule =
  'read: what was posted later is not covered' | 'join: a comment of the same moment is unread'

/** The row that the facts give a viewer: a pure function, a toy of `projectRow`. */
export const showTo = (
  { room, participants, comments }: Facts,
  viewer: string,
  broken: ReadonlySet<string> = new Set(),
): Shown | undefined => {
  const me = participants.get(viewer)
  if (room.type === undefined || !isPresent(me)) return undefined
  const members = findMembers(participants)
  if (room.type === 'single' && !members.some(([user]) => user === viewer)) return undefined
  const visible = [...comments]
    .filter(([, { author, deleted }]) => author !== undefined && !deleted)
    .map(([id]) => id)
    .sort((a, b) => b - a)
  const covers = (read: Read, id: number) =>
    id <= read.id &&
    (id <= read.at + tolerance || broken.has('read: what was posted later is not covered'))
  const readsOf = (user: string): Read[] => {
    const { read, newestRead } = participants.get(user) ?? {}
    return [read, newestRead].filter((read) => read !== undefined)
  }
  const ownOf = (user: string) => visible.find((id) => comments.get(id)!.author === user) ?? 0
  const shownRead = (user: string): number => {
    const shownIds = readsOf(user).map((read) => {
      const upTo = visible.filter((id) => id <= read.id)
      const covered = upTo.filter((id) => covers(read, id))
      return covered.length === upTo.length ? read.id : (covered[0] ?? 0)
    })
    return Math.max(0, ownOf(user), ...shownIds)
  }
  const stayStart = findStayStart(me)
  const isAfterJoin = (id: number) =>
    broken.has('join: a comment of the same moment is unread') ? id > stayStart : id >= stayStart
  const unread = visible.filter(
    (id) =>
      id > ownOf(viewer) && isAfterJoin(id) && !readsOf(viewer).some((read) => covers(read, id)),
  )
  const shown = { named: room.named?.value ?? 0, last: visible[0] ?? 0, unread: unread.length }
  if (room.type === 'group') return shown
  const shownMembers = members.map(([user, { profile }]): [string, number, number] => [
    user,
    shownRead(user),
    profile?.value ?? 0,
  ])
  return { ...shown, members: shownMembers }
}

/** A personal room shows the two who joined first. Others wait until one of them leaves. */
const findMembers = (participants: Facts['participants']): [string, Participant][] =>
  [...participants]
    .filter(([, participant]) => isPresent(participant))
    .sort(([a, first], [b, second]) => first.joinedAt! - second.joinedAt! || (a < b ? -1 : 1))
    .slice(0, 2)

/** The facts of a room once all is known, whatever the order: from the log itself. */
export const factsOf = ({ before, events, users }: Log, left: Left[], roomName: string): Facts => {
  const all = [...before, ...events]
  const inRoom = all.filter((event) => event.type !== 'profile' && event.room === roomName)
  const ofType = <Type extends Event['type']>(type: Type) =>
    (type === 'profile' ? all : inRoom).filter(
      (event): event is Extract<Event, { type: Type }> => event.type === type,
    )
  const created = ofType('created')
  const leaves = [...ofType('left').map(({ user, at }) => ({ user, leftAt: at })), ...left]
  const participants = users.map((user): [string, Participant] => {
    const joins = [
      ...created.filter((event) => event.users.includes(user)),
      ...ofType('joined').filter((event) => event.user === user),
    ]
    const reads = ofType('read').filter((event) => event.user === user)
    const ofUser = ofType('profile').filter((event) => event.user === user)
    const endings = leaves.filter(
      (one) => one.user === user && (!('room' in one) || one.room === roomName),
    )
    return [
      user,
      {
        joins: joins.map(({ at }) => at),
        ...pickLast(
          'joinedAt',
          joins.map(({ at }) => at),
        ),
        ...pickLast(
          'leftAt',
          endings.map(({ leftAt }) => leftAt),
        ),
        ...pickLast('read', reads, (a, b) => a.id - b.id || a.at - b.at),
        ...pickLast('newestRead', reads, (a, b) => a.at - b.at || a.id - b.id),
        ...pickLast('profile', [...joins, ...ofUser], compareDated),
      },
    ]
  })
  const comments = new Map<number, Comment>()
  for (const { id, user } of ofType('posted')) comments.set(id, { author: user })
  for (const { id } of ofType('deleted')) comments.set(id, { ...comments.get(id), deleted: true })
  const room: Room = {
    revision: 0,
    ...(created[0] && { type: created[0].roomType }),
    ...pickLast('named', ofType('renamed'), compareDated),
  }
  return { room, participants: new Map(participants), comments }
}

export const compareDated = (a: Dated, b: Dated): number => a.at - b.at || a.value - b.value

/** Picks the last in order, under a name, if there is one. */
const pickLast = <Name extends string, T>(
  name: Name,
  list: T[],
  compare: (a: T, b: T) => number = (a, b) => Number(a) - Number(b),
): Partial<Record<Name, T>> =>
  (list.length === 0 ? {} : { [name]: list.toSorted(compare).at(-1) }) as Partial<Record<Name, T>>
