import type { Room } from '../../../client/src/index.ts'
import { Avatar } from './avatar.tsx'
import { formatAge, formatCount } from './format.ts'
import { Icon } from './icon.tsx'
import { findAvatar, nameAuthor, nameRoom } from './rooms.ts'

interface RoomRowProps {
  room: Room
  user: string
  /** From 1, among `total` rooms, of which only some are drawn. */
  position: number
  total: number
  isSelected: boolean
  /** Milliseconds since the epoch. */
  now: number
  onSelect: (room: Room) => void
  onMenu: (room: Room, button: HTMLElement) => void
}

export const RoomRow = ({
  room,
  user,
  position,
  total,
  isSelected,
  now,
  onSelect,
  onMenu,
}: RoomRowProps) => {
  const { room_id, room_name, unread_count, last_comment_timestamp, pinned, muted } = room
  const isUnread = unread_count > 0 || room.marked_unread
  const author = nameAuthor(room, user)
  return (
    <li
      class={`row ${isUnread ? 'unread' : ''} ${muted ? 'silent' : ''}`}
      data-room={room_id}
      aria-posinset={position}
      aria-setsize={total}
    >
      <button
        type="button"
        class="room"
        aria-pressed={isSelected}
        onClick={() => {
          onSelect(room)
        }}
      >
        <Avatar id={room_id} name={room_name} url={findAvatar(room)} />
        <span class="name">
          <span class="clipped">{nameRoom(room)}</span>
          {muted && <Icon name="muted" label="muted" />}
        </span>
        <time class="age" dateTime={last_comment_timestamp}>
          {formatAge(last_comment_timestamp, now)}
        </time>
        <span class="preview">
          {author && <span class="author">{author}: </span>}
          {room.last_comment_id === 0 ? 'No messages yet' : room.last_comment_message}
        </span>
        <span class="marks">
          {pinned && <Icon name="pin" label="pinned" />}
          {unread_count > 0 && <UnreadBadge count={unread_count} />}
          {unread_count === 0 && isUnread && (
            <span class="badge mark">
              <span class="hidden">marked as unread</span>
            </span>
          )}
        </span>
      </button>
      <button
        type="button"
        class="round menu-button"
        aria-haspopup="menu"
        aria-label={`More for ${nameRoom(room)}`}
        onClick={({ currentTarget }) => {
          onMenu(room, currentTarget)
        }}
      >
        <Icon name="more" />
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
