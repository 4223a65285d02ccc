import type { Room } from '../../../client/src/index.ts'
import type { ChatEvent } from './local.ts'

/** A change that a person makes to a room of their own list. */
export interface RowAction {
  title: string
  icon: 'check' | 'dot' | 'pin' | 'muted' | 'archive'
  /** Is said when it has happened. */
  done: string
  type: string
  fields: Record<string, unknown>
}

/** What the menu of a row offers. */
export const listActions = (room: Room): RowAction[] => {
  const setFlag = (
    flag: 'pinned' | 'muted' | 'archived' | 'marked_unread',
    icon: RowAction['icon'],
    [set, isSet]: [string, string],
    [unset, isUnset]: [string, string],
  ): RowAction => ({
    icon,
    title: room[flag] ? unset : set,
    done: room[flag] ? isUnset : isSet,
    type: `participant.${flag}`,
    fields: { [flag]: !room[flag] },
  })
  // Reading ends the mark as well. Without comments, there is nothing to read.
  const read: RowAction = {
    icon: 'check',
    title: 'Mark as read',
    done: 'Marked as read.',
    type: 'comment.read',
    fields: { comment_id: room.last_comment_id },
  }
  const mark = setFlag(
    'marked_unread',
    room.marked_unread ? 'check' : 'dot',
    ['Mark as unread', 'Marked as unread.'],
    [read.title, read.done],
  )
  const isUnread = room.unread_count > 0 || room.marked_unread
  return [
    isUnread && room.last_comment_id > 0 ? read : mark,
    setFlag('pinned', 'pin', ['Pin', 'Pinned.'], ['Unpin', 'Unpinned.']),
    setFlag('muted', 'muted', ['Mute', 'Muted.'], ['Unmute', 'Unmuted.']),
    setFlag('archived', 'archive', ['Archive', 'Archived.'], ['Unarchive', 'Unarchived.']),
  ]
}

export const makeActionEvent = (
  { type, fields }: RowAction,
  { room_id }: Room,
  email: string,
  now: number,
): ChatEvent => ({
  'detail-type': type,
  detail: { occurred_at: new Date(now).toISOString(), room_id, email, ...fields },
})

export type EventKind = 'comment' | 'join' | 'rename' | 'json'

export const eventKinds: Record<EventKind, string> = {
  comment: 'Somebody comments',
  join: 'Somebody joins',
  rename: 'A new name',
  json: 'Any event, as JSON',
}

/** What a person filled in. */
export interface EventFields {
  room: Room
  email: string
  text: string
  /** Milliseconds since the epoch. */
  now: number
}

/** The event that a chat backend would send. docs/events.md describes each. */
export const makeEvent = (
  kind: Exclude<EventKind, 'json'>,
  { room, email, text, now }: EventFields,
): ChatEvent => {
  const common = { occurred_at: new Date(now).toISOString(), room_id: room.room_id }
  switch (kind) {
    case 'comment':
      return {
        'detail-type': 'comment.posted',
        // Ids grow with time within a room.
        detail: {
          ...common,
          comment_id: Math.max(now, room.last_comment_id + 1),
          email,
          message: text,
        },
      }
    case 'join':
      return {
        'detail-type': 'participant.joined',
        detail: { ...common, participant: { id: now, email, username: text, avatar_url: '' } },
      }
    case 'rename':
      if (room.room_type === 'group')
        return { 'detail-type': 'room.updated', detail: { ...common, room_name: text } }
      // A personal room has the name of the other one.
      return {
        'detail-type': 'profile.updated',
        detail: {
          occurred_at: common.occurred_at,
          email,
          username: text,
          avatar_url: findPerson(room, email)?.avatar_url ?? '',
        },
      }
  }
}

const findPerson = ({ participants = [] }: Room, email: string) =>
  participants.find((participant) => participant.email === email)

/** Addresses that an event of the room may be about: the list names participants of personal rooms only. */
export const listPeople = (room: Room, user: string, sampleUsers: string[]): string[] => {
  const { participants = [], last_comment_email } = room
  const people = [...participants.map(({ email }) => email), last_comment_email, user]
  return [...new Set([...people, ...sampleUsers])].filter((email) => email !== '')
}

/** An event to begin with, for somebody without any room. */
export const makeExample = (user: string, now: number): ChatEvent => ({
  'detail-type': 'room.created',
  detail: {
    occurred_at: new Date(now).toISOString(),
    room_id: now,
    room_type: 'group',
    room_name: 'A new group',
    room_avatar_url: '',
    participants: [{ id: now, email: user, username: user, avatar_url: '' }],
  },
})
