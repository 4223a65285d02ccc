import type { Email } from './email.ts'
import {
  type Comment,
  findStayStart,
  type Participant,
  type PresentParticipant,
  type Room,
} from './room-state.ts'
import { maxClockDifferenceMs, type Timestamp } from './time.ts'

/** Unread comments are counted up to here. */
export const maxUnread = 999

/**
 * The comments of a room, newest (highest id) first, with what is the same for all participants, so that finding
 * the standing of one takes no walk over the comments.
 */
export interface Timeline {
  comments: Comment[]
  /** How many comments before an index are visible. One entry more than comments: the last is for all of them. */
  visibleBefore: number[]
  /** The earliest time of posting from the newest comment down to an index. */
  earliest: Timestamp[]
  /** The index of each author's newest comment. */
  newestOwn: Map<Email, number>
}

/** What a participant has read and received, and what is left. */
interface Standing {
  last_comment_read_id: number
  last_comment_received_id: number
  unread_count: number
  /** Whether the comments reach back to where counting ends. */
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
 * Finds what a participant has read and received, and the number of unread comments. Newest first, counting
 * ends at the first comment that a reading covers, at an own comment, at the last imported one, at 999
 * comments of others, and at the first comment from before the stay: within a room, ids grow with time. A
 * personal room shows what its members have read, so there an own comment from before the stay is found too.
 */
export const findStanding = (
  room: Room,
  { comments, visibleBefore, earliest, newestOwn }: Timeline,
  me: PresentParticipant,
): Standing => {
  const baseline = findBaseline(me)
  const hiddenBefore = findHiddenBefore(room, me)
  const reads = listReadings(me, 'read').map((reading) => locate(comments, reading))
  const received = listReadings(me, 'received').map((reading) => locate(comments, reading))
  const ownStart = newestOwn.get(me.key) ?? comments.length
  const hiddenStart = findFirst(earliest, (time) => time < hiddenBefore)
  const end = Math.min(
    ownStart,
    findFirst(comments, ({ comment_id }) => comment_id <= baseline.comment_id),
    room.type === 'group' ? hiddenStart : comments.length,
    ...reads.map(({ start }) => start),
  )
  const isOwnCounted = visibleBefore[ownStart]! < maxUnread
  const own = isOwnCounted ? (comments[ownStart]?.comment_id ?? 0) : 0
  const read = Math.max(own, ...reads.map(({ shownId }) => shownId))
  const imported = read < baseline.comment_id ? baseline.unread_count : 0
  const unread = visibleBefore[Math.min(end, hiddenStart)]! + imported
  return {
    last_comment_read_id: read,
    last_comment_received_id: Math.max(0, ...received.map(({ shownId }) => shownId)),
    unread_count: Math.min(unread, maxUnread),
    isComplete: end < comments.length || visibleBefore[end]! >= maxUnread,
  }
}

/** A report that somebody has read, or received, the comments of a room up to an id. */
interface Reading {
  comment_id: number
  /** Undefined if nothing newer than version 1.0.0 reported a reading: it stored no times. */
  as_of: Timestamp | undefined
}

/**
 * Lists the readings that are kept of a participant. The newest one matters if the one with the greatest id
 * was wrong, and covers less than its id promises.
 */
const listReadings = (me: Participant, kind: 'read' | 'received'): Reading[] => {
  const greatest = me[`last_comment_${kind}_id`]
  const newest = me[`newest_${kind}_id`]
  const newestAsOf = me[`newest_${kind}_as_of`]
  if (greatest === undefined) return []
  const readings = [{ comment_id: greatest, as_of: me[`last_comment_${kind}_as_of`] ?? newestAsOf }]
  if (newest !== undefined && newest !== greatest)
    readings.push({ comment_id: newest, as_of: newestAsOf })
  return readings
}

/**
 * Whether a reading covers a comment that was posted at a time. Its id alone does not decide: nobody has
 * read what was posted later. So a reading with an id that is too high does not hide the comments that follow.
 */
const covers = ({ comment_id, as_of }: Reading, comment: Comment): boolean =>
  comment.posted_at !== undefined &&
  comment.comment_id <= comment_id &&
  (as_of === undefined ||
    comment.posted_at <= as_of ||
    Date.parse(comment.posted_at) - Date.parse(as_of) <= maxClockDifferenceMs)

/**
 * Finds where the comments that a reading covers begin, and the id to show for it: its own if it covers all
 * comments up to this id, otherwise that of the newest comment that it covers.
 */
const locate = (comments: Comment[], reading: Reading): { start: number; shownId: number } => {
  const isPosted = ({ posted_at }: Comment) => posted_at !== undefined
  const upTo = findFirst(comments, ({ comment_id }) => comment_id <= reading.comment_id)
  const newest = findFrom(comments, upTo, isPosted)
  const start = findFrom(comments, newest, (comment) => covers(reading, comment))
  const shownId = start === newest ? reading.comment_id : (comments[start]?.comment_id ?? 0)
  return { start, shownId }
}

/** Finds the moment before which comments are hidden: the start of the stay, unless the participant was there from the start. */
const findHiddenBefore = ({ created_at = '' }: Room, me: PresentParticipant): Timestamp => {
  const beganAt = findStayStart(me)
  return beganAt <= created_at ? '' : beganAt
}

/** Finds the imported unread count. It ends when the participant leaves. */
const findBaseline = (me: Participant): { comment_id: number; unread_count: number } =>
  me.baseline_as_of !== undefined && me.baseline_as_of > (me.left_at ?? '')
    ? { comment_id: me.baseline_comment_id ?? 0, unread_count: me.baseline_unread_count ?? 0 }
    : { comment_id: 0, unread_count: 0 }

/** Finds the first value that matches, by halving. All values behind it must match as well. */
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

/** Finds the first value from an index on that matches. */
const findFrom = <T>(values: T[], from: number, matches: (value: T) => boolean): number => {
  let index = from
  while (index < values.length && !matches(values[index]!)) index += 1
  return index
}
