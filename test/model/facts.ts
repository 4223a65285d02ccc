import type { Log, RoomType } from './log.ts'

export interface Room {
  revision: number
  type?: RoomType
  /** The time of the event that gave the name stands for the name. */
  named?: number
}

export interface Participant {
  joinedAt?: number
  leftAt?: number
  read?: number
  /** The time of the event that gave the profile stands for the profile. */
  profile?: number
}

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

/** The row that the facts give a viewer: a pure function, a toy of `projectRow`. */
export const showTo = (
  { room, participants, comments }: Facts,
  viewer: string,
): Shown | undefined => {
  const me = participants.get(viewer)
  if (room.type === undefined || !isPresent(me)) return undefined
  const visible = [...comments]
    .filter(([, { author, deleted }]) => author !== undefined && !deleted)
    .sort(([a], [b]) => b - a)
  const readBy = (user: string): number => {
    const own = visible.find(([, { author }]) => author === user)?.[0] ?? 0
    return Math.max(participants.get(user)?.read ?? 0, own)
  }
  const read = readBy(viewer)
  const unread = visible.filter(([id, { author }]) => {
    return author !== viewer && id > read && id > me.joinedAt
  })
  const shown = { named: room.named ?? 0, last: visible[0]?.[0] ?? 0, unread: unread.length }
  if (room.type === 'group') return shown
  const members = [...participants]
    .filter(([, participant]) => isPresent(participant))
    .map(([user, { profile = 0 }]): [string, number, number] => [user, readBy(user), profile])
  return { ...shown, members: members.sort(([a], [b]) => (a < b ? -1 : 1)) }
}

/** The facts of a room once all is known, whatever the order: from the log itself. */
export const factsOf = ({ before, events, users }: Log, left: Left[], roomName: string): Facts => {
  const room: Room = { revision: 0, named: 0 }
  const participants = new Map(users.map((user): [string, Participant] => [user, {}]))
  const comments = new Map<number, Comment>()
  const grow = (user: string, name: keyof Participant, value: number) => {
    const participant = participants.get(user)!
    participant[name] = Math.max(participant[name] ?? -1, value)
  }
  const joining = (user: string, at: number) => {
    grow(user, 'joinedAt', at)
    grow(user, 'profile', at)
  }
  for (const event of [...before, ...events]) {
    if (event.type === 'profile') {
      grow(event.user, 'profile', event.at)
      continue
    }
    if (event.room !== roomName) continue
    if (event.type === 'created') {
      room.type = event.roomType
      for (const user of event.users) joining(user, event.at)
    } else if (event.type === 'renamed') room.named = Math.max(room.named!, event.at)
    else if (event.type === 'joined') joining(event.user, event.at)
    else if (event.type === 'left') grow(event.user, 'leftAt', event.at)
    else if (event.type === 'read') grow(event.user, 'read', event.id)
    else if (event.type === 'posted')
      comments.set(event.id, { ...comments.get(event.id), author: event.user })
    else comments.set(event.id, { ...comments.get(event.id), deleted: true })
  }
  for (const { room: of, user, leftAt } of left) if (of === roomName) grow(user, 'leftAt', leftAt)
  return { room, participants, comments }
}
