import type { Email } from './email.ts'
import {
  type Comment,
  findStayStart,
  type Participant,
  type PresentParticipant,
  type Room,
} from './room-state.ts'
import { maxClockDifferenceMs, type Timestamp, toTimestamp } from './time.ts'

/** Unread comments are counted up to here. */
export const maxUnread = 999

/**
 * The comments of a room, newest (highest id) first, and what is the same for all participants: so the standing of
 * one is found without a walk over all comments.
 */
export interface Timeline {
  comments: Comment[]
  /** How many comments before an index are visible. The last entry, one more than `comments` has, counts all. */
  visibleBefore: number[]
  /** The earliest time of posting from the newest comment down to an index. */
  earliest: Timestamp[]
  /** The index of each author's newest comment. */
  newestOwn: Map<Email, number>
}

/** What a participant has read and received, and what is left. */
export interface Standing {
  last_comment_read_id: number
  last_comment_received_id: number
  unread_count: number
  /** When the participant wrote the comment at which counting ends. Empty if it is somebody else's. */
  own_comment_at: Timestamp
  /** Whether the comments reach back to the one at which counting ends. */
  isComplete: boolean
}

/** Later than every time. */
const never = '~'

/** Prepares the comments of a room. Call it once for all participants. */
export const makeTimeline = (comments: Comment[]): Timeline => {
  const timeline: Timeline = { comments, visibleBefore: [0], earliest: [], newestOwn: new Map() }
  let visible = 0
  let earliest = never
  for (const [index, comment] of comments.entries()) {
    const { author, posted_at = never } = comment
    if (isVisible(comment)) visible += 1
    if (posted_at < earliest) earliest = posted_at
    timeline.visibleBefore.push(visible)
    timeline.earliest.push(earliest)
    if (author !== undefined && !timeline.newestOwn.has(author))
      timeline.newestOwn.set(author, index)
  }
  return timeline
}

/** Whether a comment is posted and not deleted. */
export const isVisible = ({ posted_at, deleted_at }: Comment): boolean =>
  posted_at !== undefined && deleted_at === undefined

/**
 * Finds what a participant has read and received, and the number of unread comments. It counts from the newest
 * comment back, and ends at the first comment that a read covers, at an own comment, at the last imported one,
 * after 999 comments of others, or at the first comment from before the stay: within a room, ids grow with time. A
 * personal room shows what its members have read, so there an own comment from before the stay is found too. Older
 * comments than the one at the end do not matter: they may not have been read from the table.
 */
export const findStanding = (room: Room, timeline: Timeline, me: PresentParticipant): Standing => {
  const { comments, visibleBefore, earliest, newestOwn } = timeline
  const baseline = findBaseline(me)
  const hiddenBefore = findHiddenBefore(room, me)
  const reads = listReads(me, 'read', comments).map((read) => locate(timeline, read))
  const ownStart = newestOwn.get(me.key) ?? comments.length
  const hiddenStart = findFirst(earliest, (time) => time < hiddenBefore)
  const end = Math.min(
    ownStart,
    findFirst(comments, ({ comment_id }) => comment_id <= baseline.comment_id),
    room.type === 'group' ? hiddenStart : comments.length,
    ...reads.map(({ start }) => start),
  )
  const isOwnCounted = ownStart === end && visibleBefore[end]! < maxUnread
  const own = isOwnCounted ? comments[end] : undefined
  const readId = Math.max(
    own?.comment_id ?? 0,
    ...reads.map((located) => findShownId(timeline, located, end)),
  )
  const imported = readId < baseline.comment_id ? baseline.unread_count : 0
  const unread = visibleBefore[Math.min(end, hiddenStart)]! + imported
  return {
    last_comment_read_id: readId,
    last_comment_received_id: room.type === 'group' ? 0 : findReceived(timeline, me, readId, end),
    unread_count: Math.min(unread, maxUnread),
    own_comment_at: own?.posted_at ?? '',
    isComplete: end < comments.length || visibleBefore[end]! >= maxUnread,
  }
}

/** The device has received whatever was read, so only a greater id can be wrong. */
const findReceived = (timeline: Timeline, me: Participant, readId: number, end: number): number => {
  const received = listReads(me, 'received', timeline.comments).map((read) => {
    if (read.comment_id <= readId) return read.comment_id
    return Math.max(readId, findShownId(timeline, locate(timeline, read), end))
  })
  return Math.max(0, ...received)
}

/** A report that somebody has read, or received, the comments of a room up to an id. */
interface Read {
  comment_id: number
  /** {@link never} if the read covers everything up to its id. */
  as_of: Timestamp
}

/**
 * Lists the reads that are kept of a participant. The newest one matters if the one with the greatest id is wrong,
 * so that it does not cover all comments up to its id.
 *
 * Version 1.0.0 stored a read without its time. It covers everything up to its id, unless it is above all
 * comments: then it may be wrong, and the time of the newest read, which was reported later, limits it.
 */
const listReads = (me: Participant, kind: 'read' | 'received', comments: Comment[]): Read[] => {
  const greatest = me[`last_comment_${kind}_id`]
  const newest = me[`newest_${kind}_id`]
  const newestAsOf = me[`newest_${kind}_as_of`]
  if (greatest === undefined) return []
  const isAboveAll = greatest > (comments[0]?.comment_id ?? 0)
  const asOf = me[`last_comment_${kind}_as_of`] ?? (isAboveAll ? newestAsOf : undefined)
  const reads = [{ comment_id: greatest, as_of: asOf ?? never }]
  if (newest !== undefined && newest !== greatest)
    reads.push({ comment_id: newest, as_of: newestAsOf ?? never })
  return reads
}

/** A read, the index of the first comment up to its id, and the index of the first comment that it covers. */
interface Located extends Read {
  upTo: number
  start: number
}

/**
 * Nobody has read what was posted later. So of the comments up to its id, a read covers only those that were
 * posted before its time, or a little later, because clocks differ.
 */
const locate = ({ comments, earliest }: Timeline, read: Read): Located => {
  const { comment_id, as_of } = read
  const isPosted = ({ posted_at }: Comment) => posted_at !== undefined
  const below = findFirst(comments, (comment) => comment.comment_id <= comment_id)
  const upTo = findFrom(comments, below, isPosted)
  const newest = comments[upTo]
  if (newest === undefined || newest.posted_at! <= as_of) return { ...read, upTo, start: upTo }
  const until = toTimestamp(Date.parse(as_of) + maxClockDifferenceMs)
  // No comment above this one was posted early enough.
  const first = Math.max(
    upTo,
    findFirst(earliest, (time) => time <= until),
  )
  const start = findFrom(comments, first, ({ posted_at = never }) => posted_at <= until)
  return { ...read, upTo, start }
}

/**
 * Finds the id to show for a read: its own if it covers all comments up to it, otherwise that of the newest
 * comment that it covers. Comments older than the one at `end` do not count.
 */
const findShownId = (
  { comments, visibleBefore }: Timeline,
  { comment_id, upTo, start }: Located,
  end: number,
): number => {
  if (start === upTo || upTo > end) return comment_id
  const isBeforeEnd = start <= end && visibleBefore[start]! < maxUnread
  return isBeforeEnd ? (comments[start]?.comment_id ?? 0) : 0
}

/**
 * Finds the moment before which comments are hidden: the start of the stay. None are hidden from somebody who was
 * there from the creation on.
 */
const findHiddenBefore = ({ created_at = '' }: Room, me: PresentParticipant): Timestamp => {
  const beganAt = findStayStart(me)
  return beganAt <= created_at ? '' : beganAt
}

/** Finds the imported unread count. It ends when the participant leaves. */
const findBaseline = (me: Participant): { comment_id: number; unread_count: number } =>
  me.baseline_as_of !== undefined && me.baseline_as_of > (me.left_at ?? '')
    ? { comment_id: me.baseline_comment_id ?? 0, unread_count: me.baseline_unread_count ?? 0 }
    : { comment_id: 0, unread_count: 0 }

/** Finds the index of the first value that matches, by binary search. All values after it must match as well. */
const findFirst = <T>(values: T[], matches: (value: T) => boolean): number => {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (matches(values[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

/** Finds the index of the first value that matches, from an index on. */
const findFrom = <T>(values: T[], from: number, matches: (value: T) => boolean): number => {
  let index = from
  while (index < values.length && !matches(values[index]!)) index += 1
  return index
}
