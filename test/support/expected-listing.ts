import type { ChatEvent, Profile } from '../../lib/domain/events.ts'
import type { RoomType } from '../../lib/domain/room-state.ts'
import type { InboxRow } from '../../lib/domain/inbox-row.ts'
import type { Timestamp } from '../../lib/domain/time.ts'

/** A leave through the API that succeeded, as it took effect. */
export interface ApiLeave {
  email: string
  room_id: number
  left_at: Timestamp
}

/**
 * What everybody's listing must be after a log of events: a plain model in memory that knows all
 * events at once, and nothing of revisions, rows or retries. Ids grow with time within a room.
 */
export const computeListing = (
  log: ChatEvent[],
  leaves: ApiLeave[],
  viewer: string,
  type: RoomType,
): InboxRow[] => {
  const roomIds = new Set(log.flatMap((event) => ('room_id' in event ? [event.room_id] : [])))
  return [...roomIds]
    .flatMap((roomId) => rowOf(log, leaves, roomId, viewer) ?? [])
    .filter(({ room_type }) => room_type === type)
    .sort(
      (a, b) =>
        compare(b.last_comment_timestamp, a.last_comment_timestamp) ||
        b.last_comment_id - a.last_comment_id ||
        b.room_id - a.room_id,
    )
}

const rowOf = (
  log: ChatEvent[],
  leaves: ApiLeave[],
  roomId: number,
  viewer: string,
): InboxRow | undefined => {
  const events = log.filter((event) => 'room_id' in event && event.room_id === roomId)
  const created = of(events, 'room.created').sort(byTime).at(0)
  if (created === undefined) return undefined
  const present = [...new Set(joins(events).map(({ email }) => key(email)))]
    .map((email) => standing(log, events, leaves, roomId, email))
    .filter(({ isPresent }) => isPresent)
    .sort(
      (a, b) =>
        compare(a.joined_at, b.joined_at) || a.position - b.position || compare(a.email, b.email),
    )
  const me = present.find(({ email }) => email === viewer)
  if (me === undefined) return undefined

  const last = visible(events)
    .sort((a, b) => a.comment_id - b.comment_id)
    .at(-1)
  const edited = of(events, 'comment.edited')
    .filter(({ comment_id }) => comment_id === last?.comment_id)
    .sort((a, b) => compare(a.occurred_at, b.occurred_at) || compareBytes(a.message, b.message))
    .at(-1)
  const attribute = (name: 'room_name' | 'room_avatar_url'): string =>
    [...of(events, 'room.created'), ...of(events, 'room.updated')]
      .filter((event) => event[name] !== undefined)
      .sort((a, b) => byTime(a, b) || compareBytes(a[name]!, b[name]!))
      .at(-1)![name]!
  return {
    last_comment_id: last?.comment_id ?? 0,
    last_comment_message: edited?.message ?? last?.message ?? '',
    last_comment_timestamp: last?.occurred_at ?? created.occurred_at,
    ...(created.room_type === 'single' && {
      participants: present.map(({ shown }) => shown),
    }),
    room_avatar_url: attribute('room_avatar_url'),
    room_id: roomId,
    room_name:
      created.room_type === 'group'
        ? attribute('room_name')
        : (present.find(({ email }) => email !== viewer)?.shown.username ?? ''),
    room_type: created.room_type,
    unread_count: me.unread,
  }
}

const standing = (
  log: ChatEvent[],
  events: ChatEvent[],
  leaves: ApiLeave[],
  roomId: number,
  email: string,
) => {
  const mine = (event: { email: string }) => key(event.email) === email
  const join = joins(events).filter(mine).sort(byJoin).at(-1)!
  const left = [
    ...of(events, 'participant.left')
      .filter(mine)
      .map(({ occurred_at }) => occurred_at),
    ...leaves
      .filter((leave) => leave.room_id === roomId && mine(leave))
      .map(({ left_at }) => left_at),
  ]
    .sort()
    .at(-1)
  const { username, avatar_url } = [...joins(events), ...of(log, 'profile.updated')]
    .filter(mine)
    .sort(byProfile)
    .at(-1)!
  const reached = (type: 'comment.read' | 'comment.received') =>
    Math.max(
      0,
      ...of(events, type)
        .filter(mine)
        .map(({ comment_id }) => comment_id),
    )
  const beganAt = joins(events)
    .filter(mine)
    .map(({ occurred_at }) => occurred_at)
    .filter((joinedAt) => joinedAt > (left ?? ''))
    .sort()
    .at(0)!
  const createdAt = of(events, 'room.created').sort(byTime)[0]?.occurred_at ?? ''
  const comments = of(events, 'comment.posted')
  const shown = comments.filter(({ occurred_at }) => beganAt <= createdAt || occurred_at > beganAt)
  const own = Math.max(0, ...comments.filter(mine).map(({ comment_id }) => comment_id))
  const read = Math.max(reached('comment.read'), own)
  return {
    email,
    joined_at: join.occurred_at,
    position: join.position,
    isPresent: left === undefined || join.occurred_at > left,
    unread: visible(shown, events).filter((comment) => comment.comment_id > read && !mine(comment))
      .length,
    shown: {
      avatar_url,
      email: join.email,
      id: join.id,
      last_comment_read_id: read,
      last_comment_received_id: reached('comment.received'),
      username,
    },
  }
}

const of = <Type extends ChatEvent['type']>(events: ChatEvent[], type: Type) =>
  events.filter((event): event is Extract<ChatEvent, { type: Type }> => event.type === type)

const joins = (events: ChatEvent[]) => [
  ...of(events, 'room.created').flatMap(({ participants, occurred_at }) =>
    participants.map((participant, position) => ({ ...participant, occurred_at, position })),
  ),
  ...of(events, 'participant.joined').map(({ participant, occurred_at }) => ({
    ...participant,
    occurred_at,
    position: 0,
  })),
]

const visible = (comments: ChatEvent[], events = comments) => {
  const deleted = new Set(of(events, 'comment.deleted').map(({ comment_id }) => comment_id))
  return of(comments, 'comment.posted').filter(({ comment_id }) => !deleted.has(comment_id))
}

const key = (email: string): string =>
  email.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase())

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
/** As DynamoDB compares strings. */
const compareBytes = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b))

const byTime = (a: { occurred_at: Timestamp }, b: { occurred_at: Timestamp }): number =>
  compare(a.occurred_at, b.occurred_at)

const byJoin = (a: ReturnType<typeof joins>[number], b: ReturnType<typeof joins>[number]): number =>
  byTime(a, b) || a.position - b.position || a.id - b.id || compareBytes(a.email, b.email)

type Dated = Profile & { occurred_at: Timestamp }
const byProfile = (a: Dated, b: Dated): number =>
  byTime(a, b) || compareBytes(a.username, b.username) || compareBytes(a.avatar_url, b.avatar_url)
