import type { Room } from '../../../client/src/index.ts'

export const tabs = ['all', 'single', 'group'] as const
export type Tab = (typeof tabs)[number]

const isIn = (tab: Tab, { room_type }: Room): boolean => tab === 'all' || room_type === tab

/** The rooms of a tab, or those of them that are archived. Pinned rooms come first: the API leaves this to apps. */
export const selectRooms = (rooms: readonly Room[], tab: Tab, archived: boolean): Room[] => {
  const selected = rooms.filter((room) => isIn(tab, room) && room.archived === archived)
  return [...selected.filter(({ pinned }) => pinned), ...selected.filter(({ pinned }) => !pinned)]
}

/** The sum for the badge of a tab, as the API counts it. */
export const countUnread = (rooms: readonly Room[], tab: Tab): number =>
  rooms
    .filter((room) => isIn(tab, room) && !room.muted && !room.archived)
    .reduce((sum, { unread_count }) => sum + unread_count, 0)

/** What the list shows as the name of a room: names may be empty. */
export const nameRoom = ({ room_type, room_name, participants = [] }: Room): string => {
  if (room_type === 'single' && participants.length < 2) return 'Nobody else is here'
  if (room_name.trim() !== '') return room_name
  return room_type === 'single' ? 'Somebody without a name' : 'Group without a name'
}

/** The picture of a personal room is that of the other participant. */
export const findAvatar = ({ room_type, room_name, room_avatar_url, participants = [] }: Room) =>
  room_type === 'group'
    ? room_avatar_url
    : (participants.find(({ username }) => username === room_name)?.avatar_url ?? '')

/** Who wrote the last comment, if the row has to say it: in a personal room, it is the other one. */
export const nameAuthor = (room: Room, user: string): string => {
  const { last_comment_email: email, last_comment_username: username } = room
  if (email !== '' && email === user.toLowerCase()) return 'You'
  return room.room_type === 'single' ? '' : username || email.replace(/@.*/, '')
}
