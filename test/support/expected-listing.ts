import type {
  ChatEvent,
  CommentPosted,
  CommentReadOrReceived,
  Profile,
} from '../../lib/domain/events.ts'
import type { Flag } from '../../lib/domain/flags.ts'
import type { ContractRow, InboxRow } from '../../lib/domain/project-row.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import type { Timestamp } from '../../lib/domain/time.ts'

/** A leave through the API that took effect. */
export interface ApiLeave {
  email: string
  room_id: number
  left_at: Timestamp
  /** Whether the person was erased: a personal room does not show the name any more. */
  isErased?: boolean
}

/**
 * Computes the listing that a viewer must have after a log of events. It reads the whole log at once
 * and shares no code with the inbox: no revisions, stored rows or retries. Comment ids of a room must
 * grow with time.
 */
export const computeListing = (
  log: ChatEvent[],
  leaves: ApiLeave[],
  viewer: string,
  type: RoomType,
): InboxRow[] => {
  const roomIds = new Set(log.flatMap((event) => ('room_id' in event ? [event.room_id] : [])))
  return [...roomIds]
    .flatMap((roomId) => computeRow(log, leaves, roomId, viewer) ?? [])
    .filter(({ room_type }) => room_type === type)
    .sort(byListingOrder)
}

/** The order of a listing, of rows with times in the stored form. */
export const byListingOrder = (a: ContractRow, b: ContractRow): number =>
  compare(b.last_comment_timestamp, a.last_comment_timestamp) ||
  b.last_comment_id - a.last_comment_id ||
  b.room_id - a.room_id

/**
 * Computes the rows that the list of unread rooms must have after a log of events: those of the listing that have
 * unread comments or are marked as unread, and that the viewer has neither muted nor archived.
 */
export const computeUnread = (
  log: ChatEvent[],
  leaves: ApiLeave[],
  viewer: string,
  type: RoomType,
): InboxRow[] =>
  computeListing(log, leaves, viewer, type).filter(
    ({ unread_count, additions: { marked_unread, muted, archived } }) =>
      (unread_count > 0 || marked_unread) && !muted && !archived,
  )

/** Finds since when a flag is set. Of setting it and taking it back at the same time, setting it wins. */
const findFlag = (events: ChatEvent[], flag: Flag, viewer: string): Timestamp | undefined => {
  const newest = ofType(events, `participant.${flag}`)
    .filter(({ email }) => normalize(email) === viewer)
    .map((event) => ({ occurred_at: event.occurred_at, isSet: (event as any)[flag] as boolean }))
    .sort((a, b) => byTime(a, b) || Number(a.isSet) - Number(b.isSet))
    .at(-1)
  return newest?.isSet ? newest.occurred_at : undefined
}

const computeRow = (
  log: ChatEvent[],
  leaves: ApiLeave[],
  roomId: number,
  viewer: string,
): InboxRow | undefined => {
  const events = log.filter((event) => 'room_id' in event && event.room_id === roomId)
  const created = ofType(events, 'room.created').sort(byTime).at(0)
  if (created === undefined) return undefined
  const everybody = [...new Set(findJoins(events).map(({ email }) => normalize(email)))].map(
    (email) => computeParticipant(log, events, leaves, roomId, email),
  )
  const present = everybody
    .filter(({ isPresent }) => isPresent)
    .sort(
      (a, b) =>
        compare(a.joined_at, b.joined_at) || a.position - b.position || compare(a.email, b.email),
    )
  const me = present.find(({ email }) => email === viewer)
  if (me === undefined) return undefined
  const other = present.find(({ email }) => email !== viewer)
  const isErased = (email: string) =>
    leaves.some((leave) => leave.isErased && normalize(leave.email) === email)
  const former = everybody
    .filter(({ email, isPresent }) => !isPresent && !isErased(email))
    .sort((a, b) => compare(b.leftAt!, a.leftAt!) || compare(a.email, b.email))
    .at(0)

  const last = findVisibleComments(events)
    .sort((a, b) => a.comment_id - b.comment_id)
    .at(-1)
  const edited = ofType(events, 'comment.edited')
    .filter(({ comment_id }) => comment_id === last?.comment_id)
    .sort((a, b) => compare(a.occurred_at, b.occurred_at) || compareBytes(a.message, b.message))
    .at(-1)
  const newestValue = (name: 'room_name' | 'room_avatar_url'): string =>
    [...ofType(events, 'room.created'), ...ofType(events, 'room.updated')]
      .filter((event) => event[name] !== undefined)
      .sort((a, b) => byTime(a, b) || compareBytes(a[name]!, b[name]!))
      .at(-1)![name]!
  const row = {
    last_comment_id: last?.comment_id ?? 0,
    last_comment_message: edited?.message ?? last?.message ?? '',
    last_comment_timestamp: last?.occurred_at ?? created.occurred_at,
    room_avatar_url: newestValue('room_avatar_url'),
    room_id: roomId,
    room_name:
      created.room_type === 'group'
        ? newestValue('room_name')
        : ((other ?? former)?.shown.username ?? ''),
  }
  const unread_count = me.unread
  const archivedAt = findFlag(events, 'archived', viewer)
  const markedAt = findFlag(events, 'marked_unread', viewer)
  const isAuthorShown = last !== undefined && !isErased(normalize(last.email))
  const { readId, ownAt } = findReadingOfRow(events, created.room_type, me)
  const additions = {
    last_comment_email: isAuthorShown ? normalize(last.email) : '',
    last_comment_username: isAuthorShown ? (last.username ?? '') : '',
    last_comment_read_id: readId,
    muted: findFlag(events, 'muted', viewer) !== undefined,
    pinned: findFlag(events, 'pinned', viewer) !== undefined,
    archived: archivedAt !== undefined && (last?.occurred_at ?? '') <= archivedAt,
    marked_unread: markedAt !== undefined && me.lastReadAt <= markedAt && ownAt <= markedAt,
  }
  return created.room_type === 'group'
    ? { ...row, room_type: 'group', unread_count, additions }
    : {
        ...row,
        participants: present.map(({ shown }) => shown),
        room_type: 'single',
        unread_count,
        additions,
      }
}

/**
 * Finds what a row shows as read by its viewer, and when the viewer wrote, if that ends the unread comments: they are
 * counted from the newest comment back, to an own comment, one that a read covers or, in a group, one from before the
 * stay. What is older than this comment does not count.
 */
const findReadingOfRow = (
  events: ChatEvent[],
  type: RoomType,
  { email, reads, hidden }: ReturnType<typeof computeParticipant>,
): { readId: number; ownAt: Timestamp } => {
  const comments = ofType(events, 'comment.posted').sort((a, b) => b.comment_id - a.comment_id)
  const own = comments.find((comment) => normalize(comment.email) === email)
  const upTo = ({ comment_id }: Read) =>
    comments.filter((comment) => comment.comment_id <= comment_id)
  const coveredIds = reads.map(
    (read) => upTo(read).find((comment) => covers(read, comment))?.comment_id ?? 0,
  )
  const hiddenId = type === 'group' ? (hidden[0]?.comment_id ?? 0) : 0
  const end = Math.max(own?.comment_id ?? 0, hiddenId, ...coveredIds)
  const shownIds = reads.map((read, index) => {
    const [newest] = upTo(read)
    const isWhole = newest === undefined || covers(read, newest) || newest.comment_id < end
    if (isWhole) return read.comment_id
    return coveredIds[index]! >= end ? coveredIds[index]! : 0
  })
  const endsWithOwn = own?.comment_id === end
  return {
    readId: Math.max(endsWithOwn ? end : 0, ...shownIds),
    ownAt: endsWithOwn ? own.occurred_at : '',
  }
}

const computeParticipant = (
  log: ChatEvent[],
  events: ChatEvent[],
  leaves: ApiLeave[],
  roomId: number,
  email: string,
) => {
  const isOwn = (event: { email: string }) => normalize(event.email) === email
  const join = findJoins(events).filter(isOwn).sort(byJoin).at(-1)!
  const leftAt = [
    ...ofType(events, 'participant.left')
      .filter(isOwn)
      .map(({ occurred_at }) => occurred_at),
    ...leaves
      .filter((leave) => leave.room_id === roomId && isOwn(leave))
      .map(({ left_at }) => left_at),
  ]
    .sort()
    .at(-1)
  const { username, avatar_url } = [...findJoins(events), ...ofType(log, 'profile.updated')]
    .filter(isOwn)
    .sort(byProfile)
    .at(-1)!
  const stayStart = findJoins(events)
    .filter(isOwn)
    .map(({ occurred_at }) => occurred_at)
    .filter((joinedAt) => joinedAt > (leftAt ?? ''))
    .sort()
    .at(0)!
  const createdAt = ofType(events, 'room.created').sort(byTime)[0]?.occurred_at ?? ''
  const comments = ofType(events, 'comment.posted')
  const shown = comments.filter(
    ({ occurred_at }) => stayStart <= createdAt || occurred_at >= stayStart,
  )
  const own = Math.max(0, ...comments.filter(isOwn).map(({ comment_id }) => comment_id))
  const reads = findReads(ofType(events, 'comment.read').filter(isOwn))
  const received = findReads(ofType(events, 'comment.received').filter(isOwn))
  const readId = Math.max(own, ...reads.map((read) => findShownId(read, comments)))
  return {
    email,
    joined_at: join.occurred_at,
    position: join.position,
    leftAt,
    isPresent: leftAt === undefined || join.occurred_at > leftAt,
    reads,
    lastReadAt:
      reads
        .map(({ occurred_at }) => occurred_at)
        .sort()
        .at(-1) ?? '',
    /** The comments from before the stay, newest first. */
    hidden: comments
      .filter((comment) => !shown.includes(comment))
      .sort((a, b) => b.comment_id - a.comment_id),
    unread: findVisibleComments(shown, events).filter(
      (comment) =>
        comment.comment_id > own && !isOwn(comment) && !reads.some((read) => covers(read, comment)),
    ).length,
    shown: {
      avatar_url,
      email: join.email,
      id: join.id,
      last_comment_read_id: Math.max(own, ...reads.map((read) => findShownId(read, comments))),
      last_comment_received_id: Math.max(
        0,
        ...received.map((read) => {
          // What was read was received.
          return read.comment_id <= readId
            ? read.comment_id
            : Math.max(readId, findShownId(read, comments))
        }),
      ),
      username,
    },
  }
}

type Read = Pick<CommentReadOrReceived, 'comment_id' | 'occurred_at'>

/** Two reads count: the one with the greatest id, and the newest. */
const findReads = (reads: CommentReadOrReceived[]): Read[] =>
  reads.length === 0
    ? []
    : [
        reads.toSorted((a, b) => a.comment_id - b.comment_id || byTime(a, b)).at(-1)!,
        reads.toSorted((a, b) => byTime(a, b) || a.comment_id - b.comment_id).at(-1)!,
      ]

/** Nobody has read a comment that is posted later. Clocks differ by 5 minutes at most. */
const covers = (read: Read, comment: CommentPosted): boolean =>
  comment.comment_id <= read.comment_id &&
  Date.parse(comment.occurred_at) <= Date.parse(read.occurred_at) + 300_000

const findShownId = (read: Read, comments: CommentPosted[]): number => {
  const upTo = comments.filter(({ comment_id }) => comment_id <= read.comment_id)
  const covered = upTo.filter((comment) => covers(read, comment))
  return covered.length === upTo.length
    ? read.comment_id
    : Math.max(0, ...covered.map(({ comment_id }) => comment_id))
}

const ofType = <Type extends ChatEvent['type']>(events: ChatEvent[], type: Type) =>
  events.filter((event): event is Extract<ChatEvent, { type: Type }> => event.type === type)

const findJoins = (events: ChatEvent[]) => [
  ...ofType(events, 'room.created').flatMap(({ participants, occurred_at }) =>
    participants.map((participant, position) => ({ ...participant, occurred_at, position })),
  ),
  ...ofType(events, 'participant.joined').map(({ participant, occurred_at }) => ({
    ...participant,
    occurred_at,
    position: 0,
  })),
]

const findVisibleComments = (comments: ChatEvent[], events = comments) => {
  const deleted = new Set(ofType(events, 'comment.deleted').map(({ comment_id }) => comment_id))
  return ofType(comments, 'comment.posted').filter(({ comment_id }) => !deleted.has(comment_id))
}

const normalize = (email: string): string =>
  email.includes('@')
    ? email.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    : email.trim()

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
/** Compares strings as DynamoDB does. */
const compareBytes = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b))

const byTime = (a: { occurred_at: Timestamp }, b: { occurred_at: Timestamp }): number =>
  compare(a.occurred_at, b.occurred_at)

const byJoin = (
  a: ReturnType<typeof findJoins>[number],
  b: ReturnType<typeof findJoins>[number],
): number =>
  byTime(a, b) || a.position - b.position || a.id - b.id || compareBytes(a.email, b.email)

type Dated = Profile & { occurred_at: Timestamp }
const byProfile = (a: Dated, b: Dated): number =>
  byTime(a, b) || compareBytes(a.username, b.username) || compareBytes(a.avatar_url, b.avatar_url)
