import { Avatar } from './avatar.tsx'
import type { Room } from './pages.ts'
import { formatAge, formatCount } from './format.ts'
import { findAvatar, nameRoom } from './room-face.ts'

interface RoomRowProps {
  room: Room
  /** From 1, among `total` rooms, of which only some are drawn. */
  position: number
  total: number
  isSelected: boolean
  /** Milliseconds since the epoch. */
  now: number
  onSelect: (room: Room) => void
}

export const RoomRow = ({ room, position, total, isSelected, now, onSelect }: RoomRowProps) => {
  const { room_id, room_name, unread_count, last_comment_id, last_comment_timestamp } = room
  return (
    <li class="row" data-room={room_id} aria-posinset={position} aria-setsize={total}>
      <button
        type="button"
        aria-pressed={isSelected}
        onClick={() => {
          onSelect(room)
        }}
      >
        <Avatar id={room_id} name={room_name} url={findAvatar(room)} />
        <span class="name">{nameRoom(room)}</span>
        <time class={unread_count > 0 ? 'age fresh' : 'age'} dateTime={last_comment_timestamp}>
          {formatAge(last_comment_timestamp, now)}
        </time>
        <span class="preview">
          {last_comment_id === 0 ? 'No messages yet' : room.last_comment_message}
        </span>
        {unread_count > 0 && <UnreadBadge count={unread_count} />}
      </button>
    </li>
  )
}

export const UnreadBadge = ({ count }: { count: number }) => (
  <span class="badge">
    {formatCount(count)}
    <span class="hidden"> unread</span>
  </span>
)
