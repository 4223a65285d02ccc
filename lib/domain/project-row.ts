import {
  type Comment,
  isPresent,
  type Participant,
  participantLimit,
  type PresentParticipant,
  type RoomState,
} from './room-state.ts'
import { findStanding, isVisible, makeTimeline, type Standing, type Timeline } from './standing.ts'
import type { Email } from './email.ts'
import type { Flag } from './flags.ts'
import type { Timestamp } from './time.ts'

/** One room in one participant's list, with times in the stored form. */
export type InboxRow = PersonalRow | GroupRow

/** What the contract documents of a room: an entry of `rooms_info` in the lists of one type. */
export type ContractRow = Omit<PersonalRow, 'additions'> | Omit<GroupRow, 'additions'>

interface RowFields {
  last_comment_id: number
  last_comment_message: string
  last_comment_timestamp: Timestamp
  room_avatar_url: string
  room_id: number
  room_name: string
  unread_count: number
  additions: RowAdditions
}

/** What only the list of all rooms shows, because the contract does not have it. */
export interface RowAdditions extends Record<Flag, boolean> {
  /** The author of the last comment. Empty if there is none, or if the author is not known or was erased. */
  last_comment_email: Email
  /** The author's name when the comment was posted. Empty if it is not known. */
  last_comment_username: string
  /** The viewer's own. */
  last_comment_read_id: number
}

export interface PersonalRow extends RowFields {
  room_type: 'single'
  participants: RowParticipant[]
}

export interface GroupRow extends RowFields {
  room_type: 'group'
}

export interface RowParticipant {
  avatar_url: string
  email: string
  id: number
  last_comment_read_id: number
  last_comment_received_id: number
  username: string
}

/** A room's state, and what all of its rows have in common. */
export interface RoomView extends RoomState {
  timeline: Timeline
  /** The newest comment that is posted and not deleted. */
  lastComment: Comment | undefined
  /** The two members of a personal room, in the order of joining. A group has none. */
  members: PresentParticipant[]
  /** The members as their rows show them. */
  shownMembers: RowParticipant[]
  /** In a personal room, the name of the person who left last and is not erased. "" if there is none. */
  formerName: string
}

/** Finds what all rows of a room have in common. Call it once for a room, not once for each viewer. */
export const viewRoom = (state: RoomState): RoomView => {
  const { room, participants, comments } = state
  const isPersonal = room.type === 'single'
  const timeline = makeTimeline(comments)
  const members = isPersonal ? findMembers(participants) : []
  return {
    ...state,
    timeline,
    lastComment: comments.find(isVisible),
    members,
    shownMembers: members.map((member) => {
      const standing = findStanding(room, timeline, member)
      return {
        avatar_url: member.avatar_url ?? '',
        email: member.email ?? member.key,
        id: member.id ?? 0,
        last_comment_read_id: standing.last_comment_read_id,
        last_comment_received_id: standing.last_comment_received_id,
        username: member.username ?? '',
      }
    }),
    formerName: isPersonal ? findFormerName(participants) : '',
  }
}

/**
 * Derives the inbox row of one participant from a room's state. It is a pure function, so any order of events ends
 * in the same row. The participant's own newest comment counts as read, and only comments move a room up in the
 * list.
 * @returns undefined if the viewer is not present, or not a member of the personal room, or if the room is not
 * created yet
 */
export const projectRow = (view: RoomView, viewer: Participant): InboxRow | undefined => {
  const { room, timeline, lastComment: last, members, shownMembers } = view
  if (!isPresent(viewer) || room.type === undefined) return undefined
  const standing = findStanding(room, timeline, viewer)

  const fields: RowFields = {
    last_comment_id: last?.comment_id ?? 0,
    last_comment_message: last === undefined ? '' : (last.edited_message ?? last.message ?? ''),
    last_comment_timestamp: last?.posted_at ?? room.created_at ?? viewer.joined_at,
    room_avatar_url: room.avatar_url ?? '',
    room_id: room.room_id,
    room_name: room.name ?? '',
    unread_count: standing.unread_count,
    additions: {
      ...findAuthor(last),
      last_comment_read_id: standing.last_comment_read_id,
      muted: viewer.muted === 1,
      pinned: viewer.pinned === 1,
      archived: isArchived(viewer, last),
      marked_unread: isMarkedUnread(viewer, standing),
    },
  }
  if (room.type === 'group') return { ...fields, room_type: 'group' }
  if (!members.some(({ key }) => key === viewer.key)) return undefined
  const other = members.find(({ key }) => key !== viewer.key)
  return {
    ...fields,
    room_type: 'single',
    participants: shownMembers,
    room_name: other ? (other.username ?? '') : view.formerName,
  }
}

/** The text of a comment that is not deleted was removed because its author was erased. */
const findAuthor = (
  last: Comment | undefined,
): Pick<RowAdditions, 'last_comment_email' | 'last_comment_username'> => {
  const { author = '', username = '' } = last?.removed_text === undefined ? (last ?? {}) : {}
  return { last_comment_email: author, last_comment_username: username }
}

/** The next comment in a room brings it back from the archive. */
const isArchived = (viewer: Participant, last: Comment | undefined): boolean => {
  const { archived, archived_as_of = '' } = viewer
  return archived === 1 && (last?.posted_at ?? '') <= archived_as_of
}

/** A room is marked as unread until its viewer reads it again, or writes there. */
const isMarkedUnread = (viewer: Participant, { own_comment_at }: Standing): boolean => {
  const { marked_unread, marked_unread_as_of = '', newest_read_as_of = '' } = viewer
  return (
    marked_unread === 1 &&
    newest_read_as_of <= marked_unread_as_of &&
    own_comment_at <= marked_unread_as_of
  )
}

/**
 * Finds the two members of a personal room, in the order of joining. More people can be present if they
 * joined before the room was created, or at the same moment; the others wait until a member leaves.
 */
const findMembers = (participants: Participant[]): PresentParticipant[] =>
  participants.filter(isPresent).sort(compareJoins).slice(0, participantLimit.single)

/**
 * Whether the comments reach back far enough for the rows of these participants: everyone's
 * unread count is known and the last comment is found. While false, older ones are needed.
 */
export const hasEnoughComments = ({ room, participants, comments }: RoomState): boolean => {
  if (!comments.some(isVisible)) return false
  const timeline = makeTimeline(comments)
  return participants.every(
    (participant) =>
      !isPresent(participant) || findStanding(room, timeline, participant).isComplete,
  )
}

/** An erased person has no name. */
const findFormerName = (participants: Participant[]): string =>
  participants
    .filter((participant) => participant.joined_at !== undefined && !isPresent(participant))
    .filter(({ username }) => username !== undefined)
    .sort((a, b) => compare(b.left_at ?? '', a.left_at ?? '') || compare(a.key, b.key))
    .at(0)?.username ?? ''

const compareJoins = (a: Participant, b: Participant): number =>
  compare(a.joined_at ?? '', b.joined_at ?? '') ||
  (a.position ?? 0) - (b.position ?? 0) ||
  compare(a.key, b.key)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
