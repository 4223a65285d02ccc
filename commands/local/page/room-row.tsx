import { memo } from 'preact/compat'
import { Avatar } from './avatar.tsx'
import type { Room } from './client.ts'
import { formatAge, formatCount } from './format.ts'
import { findAvatar, nameRoom } from './room-face.ts'

interface RoomRowProps {
  room: Room
  isSelected: boolean
  /** Milliseconds since the epoch. */
  now: number
  onSelect: (room: Room) => void
}

/** Memorized, so that a change of one room among thousands draws one row. */
export const RoomRow = memo(({ room, isSelected, now, onSelect }: RoomRowProps) => {
  const { room_id, room_name, unread_count, last_comment_message, last_comment_timestamp } = room
  return (
    <li class="row" data-room={room_id}>
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
        <span class="preview">{last_comment_message || 'No messages yet'}</span>
        {unread_count > 0 && <UnreadBadge count={unread_count} />}
      </button>
    </li>
  )
})

export const UnreadBadge = ({ count }: { count: number }) => (
  <span class="badge">
    {formatCount(count)}
    <span class="hidden"> unread</span>
  </span>
)
