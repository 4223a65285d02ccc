import {
  type Comment,
  isPresent,
  participantLimit,
  type Participant,
  type PresentParticipant,
  type Room,
  type RoomState,
  findStayStart,
} from './room-state.ts'
import type { InboxRow, RowParticipant } from './inbox-row.ts'
import type { Timestamp } from './time.ts'

/** Unread comments are counted up to here. */
export const maxUnread = 999

/** A room's state with what all of its rows have in common. */
export interface RoomView extends RoomState {
  /** The newest comment that is posted and not deleted. */
  lastComment: Comment | undefined
  /** The two members of a personal room, in the order of joining. A group has none. */
  members: PresentParticipant[]
  /** The members as their rows show them. */
  shownMembers: RowParticipant[]
}

/** Finds what all rows of a room have in common. Call it once for a room, not once for each viewer. */
export const viewRoom = (state: RoomState): RoomView => {
  const members = state.room.type === 'single' ? findMembers(state.participants) : []
  return {
    ...state,
    lastComment: state.comments.find(isVisible),
    members,
    shownMembers: members.map((member) => showParticipant(state, member)),
  }
}

/**
 * Derives the inbox row of one participant from a room's state. It is a pure function, so any order of
 * events ends in the same row. The participant's own newest comment counts as read, and only comments
 * move a room in the order.
 * @returns undefined if the viewer is not present, or not a member of the personal room, or if the room
 * is not created yet
 */
export const projectRow = (view: RoomView, viewer: Participant): InboxRow | undefined => {
  const { room, lastComment: last, members, shownMembers } = view
  if (!isPresent(viewer) || room.type === undefined) return undefined

  const row: InboxRow = {
    last_comment_id: last?.comment_id ?? 0,
    last_comment_message: last === undefined ? '' : (last.edited_message ?? last.message ?? ''),
    last_comment_timestamp: last?.posted_at ?? room.created_at ?? viewer.joined_at,
    room_avatar_url: room.avatar_url ?? '',
    room_id: room.room_id,
    room_name: room.name ?? '',
    room_type: room.type,
    unread_count: findStanding(view, viewer).unread,
  }
  if (room.type === 'group') return row
  if (!members.some(({ key }) => key === viewer.key)) return undefined
  return {
    ...row,
    participants: shownMembers,
    room_name: members.find(({ key }) => key !== viewer.key)?.username ?? '',
  }
}

/**
 * Finds the two members of a personal room, in the order of joining. More people can be present if they
 * joined before the room was created, or at the same moment; the others wait until a member leaves.
 */
const findMembers = (participants: Participant[]): PresentParticipant[] =>
  participants.filter(isPresent).sort(compareJoinings).slice(0, participantLimit.single)

/**
 * Whether the comments reach back far enough for the rows of these participants: everyone's
 * unread count is known and the last comment is found. While false, older ones are needed.
 */
export const hasEnoughComments = (state: RoomState): boolean =>
  state.comments.some(isVisible) &&
  state.participants.every(
    (participant) => !isPresent(participant) || findStanding(state, participant).isComplete,
  )

/**
 * Finds a participant's read position and number of unread comments, and whether the comments reach
 * back to where counting ends. Newest first, counting ends at the read position, at an own comment,
 * at 999 comments of others and, in a group, at the first comment that {@link findHiddenUntil} hides:
 * within a room ids grow with time. A personal room shows read positions, so there the search for an
 * own comment continues among the hidden ones.
 */
const findStanding = ({ room, comments }: RoomState, me: PresentParticipant) => {
  const position = me.last_comment_read_id ?? 0
  const baseline = findBaseline(me)
  const floor = Math.max(position, baseline.comment_id)
  const hidden = findHiddenUntil(room, me)
  let own = 0
  let byOthers = 0
  let unread = 0
  let isComplete = false
  for (const comment of comments) {
    const isHidden = comment.posted_at !== undefined && comment.posted_at <= hidden
    const isCountedUp = comment.comment_id <= floor || (isHidden && room.type === 'group')
    const isOwn = comment.author === me.key
    if (isOwn && !isCountedUp) own = comment.comment_id
    if (isOwn || isCountedUp) isComplete = true
    else if (isVisible(comment)) {
      byOthers += 1
      if (!isHidden) unread += 1
      if (byOthers === maxUnread) isComplete = true
    }
    if (isComplete) break
  }
  const read = Math.max(position, own)
  const imported = read < baseline.comment_id ? baseline.unread_count : 0
  return { read, unread: Math.min(unread + imported, maxUnread), isComplete }
}

/** Finds the moment up to which comments are hidden: the joining, unless the participant was there from the start. */
const findHiddenUntil = ({ created_at = '' }: Room, me: PresentParticipant): Timestamp => {
  const beganAt = findStayStart(me)
  return beganAt <= created_at ? '' : beganAt
}

/** Finds the imported unread count. It ends when the participant leaves. */
const findBaseline = (me: Participant): { comment_id: number; unread_count: number } =>
  me.baseline_as_of !== undefined && me.baseline_as_of > (me.left_at ?? '')
    ? { comment_id: me.baseline_comment_id ?? 0, unread_count: me.baseline_unread_count ?? 0 }
    : { comment_id: 0, unread_count: 0 }

const isVisible = (comment: Comment): boolean =>
  comment.posted_at !== undefined && comment.deleted_at === undefined

const compareJoinings = (a: Participant, b: Participant): number =>
  compare(a.joined_at ?? '', b.joined_at ?? '') ||
  (a.position ?? 0) - (b.position ?? 0) ||
  compare(a.key, b.key)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const showParticipant = (state: RoomState, participant: PresentParticipant): RowParticipant => ({
  avatar_url: participant.avatar_url ?? '',
  email: participant.email ?? participant.key,
  id: participant.id ?? 0,
  last_comment_read_id: findStanding(state, participant).read,
  last_comment_received_id: participant.last_comment_received_id ?? 0,
  username: participant.username ?? '',
})
