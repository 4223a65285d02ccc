import type { Room } from './pages.ts'

/** What the list shows as the name of a room: names may be empty. */
export const nameRoom = (room: Room): string => {
  if (room.room_type === 'single' && room.participants.length < 2) return 'Nobody else is here'
  if (room.room_name.trim() !== '') return room.room_name
  return room.room_type === 'single' ? 'Somebody without a name' : 'Group without a name'
}

/** The picture of a personal room is that of the other participant. */
export const findAvatar = (room: Room): string => {
  if (room.room_type === 'group') return room.room_avatar_url
  return room.participants.find(({ username }) => username === room.room_name)?.avatar_url ?? ''
}
