import type { Room } from './pages.ts'

/** What the list shows as the name of a room: names may be empty. */
export const nameRoom = ({ room_name, room_type }: Room): string => {
  if (room_name.trim() !== '') return room_name
  return room_type === 'single' ? 'Nobody else is here' : 'Group without a name'
}

/** The picture of a personal room is that of the other participant. */
export const findAvatar = (room: Room): string => {
  if (room.room_type === 'group') return room.room_avatar_url
  return room.participants.find(({ username }) => username === room.room_name)?.avatar_url ?? ''
}
