import type { Email } from './email.ts'
import { type Comment, isPresent, type Participant, type RoomFacts } from './facts.ts'
import type { InboxRow, RowParticipant } from './inbox-row.ts'

/** Unread comments are counted up to here. */
export const maxUnread = 999

/**
 * The row that a room's facts give one of its participants: a pure function, so that any
 * order of events ends in the same row. Design: positions only grow, one's own newest
 * comment counts as read, nothing but comments moves a room in the order.
 * @returns undefined where the viewer sees no row: not present, or the room not created yet
 */
export const projectRow = (facts: RoomFacts, viewer: Email): InboxRow | undefined => {
  const { room, comments } = facts
  const me = facts.participants.find(({ key }) => key === viewer)
  if (me === undefined || !isPresent(me) || room.type === undefined) return undefined

  const last = comments.find(isVisible)
  const row: InboxRow = {
    last_comment_id: last?.comment_id ?? 0,
    last_comment_message: last === undefined ? '' : (last.edited_message ?? last.message ?? ''),
    last_comment_timestamp: last?.posted_at ?? room.created_at ?? me.joined_at,
    room_avatar_url: room.avatar_url ?? '',
    room_id: room.room_id,
    room_name: room.name ?? '',
    room_type: room.type,
    unread_count: standing(comments, me).unread,
  }
  if (room.type === 'group') return row
  const present = facts.participants.filter(isPresent).sort(byJoining)
  return {
    ...row,
    participants: present.map((participant) => shown(participant, comments)),
    room_name: present.find(({ key }) => key !== viewer)?.username ?? '',
  }
}

/**
 * Whether the comments reach back far enough for the rows of these participants: everyone's
 * unread count is known and the last comment is found. While false, older ones are needed.
 */
export const isSettled = (comments: Comment[], participants: Participant[]): boolean =>
  comments.some(isVisible) &&
  participants.every(
    (participant) => !isPresent(participant) || standing(comments, participant).settled,
  )

/**
 * Where a participant stands: read position, unread comments, and whether the comments reached
 * back to where counting ends. It ends, newest first, at the read position, at an own comment,
 * at the first comment not later than one's joining, and at 999: within a room ids grow with time.
 */
const standing = (comments: Comment[], me: Participant) => {
  const position = me.last_comment_read_id ?? 0
  const joinedAt = me.joined_at ?? ''
  const baseline = baselineOf(me)
  const floor = Math.max(position, baseline.comment_id)
  let own = 0
  let newer = 0
  const end = comments.find((comment) => {
    if (comment.comment_id <= floor || newer === maxUnread) return true
    if (comment.posted_at !== undefined && comment.posted_at <= joinedAt) return true
    if (comment.author === me.key) own = comment.comment_id
    else if (isVisible(comment)) newer += 1
    return own > 0
  })
  const read = Math.max(position, own)
  const imported = read < baseline.comment_id ? baseline.unread_count : 0
  return {
    read,
    unread: Math.min(newer + imported, maxUnread),
    settled: end !== undefined || newer === maxUnread,
  }
}

/** A baseline speaks of the stay in which it was taken: whoever left since starts with nothing unread. */
const baselineOf = (me: Participant): { comment_id: number; unread_count: number } =>
  me.baseline_as_of !== undefined && me.baseline_as_of > (me.left_at ?? '')
    ? { comment_id: me.baseline_comment_id ?? 0, unread_count: me.baseline_unread_count ?? 0 }
    : { comment_id: 0, unread_count: 0 }

const isVisible = (comment: Comment): boolean =>
  comment.posted_at !== undefined && comment.deleted_at === undefined

const byJoining = (a: Participant, b: Participant): number =>
  compare(a.joined_at ?? '', b.joined_at ?? '') ||
  (a.position ?? 0) - (b.position ?? 0) ||
  compare(a.key, b.key)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const shown = (participant: Participant, comments: Comment[]): RowParticipant => ({
  avatar_url: participant.avatar_url ?? '',
  email: participant.email ?? participant.key,
  id: participant.id ?? 0,
  last_comment_read_id: standing(comments, participant).read,
  last_comment_received_id: participant.last_comment_received_id ?? 0,
  username: participant.username ?? '',
})
