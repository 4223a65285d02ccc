import { useEffect, useRef, useState } from 'preact/hooks'
import type { Room } from '../../../client/src/index.ts'
import { Icon } from './icon.tsx'
import type { InboxView } from './open-inbox.ts'
import { RoomRow } from './room-row.tsx'

interface RoomListProps {
  view: InboxView
  /** Those to show. */
  rooms: Room[]
  archivedCount: number
  showsArchived: boolean
  onArchived: (shows: boolean) => void
  user: string
  selected: number | undefined
  onSelect: (room: Room) => void
  onMenu: (room: Room, button: HTMLElement) => void
}

/** In pixels, as in page.css. */
const rowHeight = 72
/** Rows that are drawn above and below those in view, among them the next stops of the Tab key. */
const spareRows = 20
/** Ages are drawn again this often. */
const clockMs = 30_000

/** Draws only the rows around those in view, so that thousands of rooms cost no more than a few. */
export const RoomList = ({
  view: { isLoaded, isOffline, failure },
  rooms,
  archivedCount,
  showsArchived,
  onArchived,
  selected,
  ...ofRow
}: RoomListProps) => {
  const now = useNow()
  const [firstVisible, setFirstVisible] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  if (!isLoaded)
    return (
      <div class="list">
        {isOffline || failure ? <Empty title="No chats to show" /> : <Loading />}
      </div>
    )
  const start = Math.max(0, firstVisible - spareRows)
  const inView = Math.ceil((list.current?.clientHeight ?? window.innerHeight) / rowHeight)
  const drawn = rooms.slice(start, firstVisible + inView + spareRows)
  return (
    <div
      class="list"
      ref={list}
      onScroll={({ currentTarget: { scrollTop } }) => {
        setFirstVisible(Math.floor(scrollTop / rowHeight))
      }}
    >
      {(showsArchived || archivedCount > 0) && (
        <button
          type="button"
          class="archived"
          onClick={() => {
            onArchived(!showsArchived)
          }}
        >
          <Icon name={showsArchived ? 'back' : 'archive'} />
          {showsArchived ? 'Back to chats' : `Archived (${archivedCount})`}
        </button>
      )}
      {rooms.length === 0 ? (
        <Empty title={showsArchived ? 'No archived chats' : 'No chats yet'} />
      ) : (
        <ul
          style={{
            paddingTop: `${start * rowHeight}px`,
            paddingBottom: `${(rooms.length - start - drawn.length) * rowHeight}px`,
          }}
        >
          {drawn.map((room, index) => (
            <RoomRow
              key={room.room_id}
              room={room}
              position={start + index + 1}
              total={rooms.length}
              isSelected={room.room_id === selected}
              now={now}
              {...ofRow}
            />
          ))}
        </ul>
      )}
    </div>
  )
}

const Empty = ({ title }: { title: string }) => (
  <div class="empty">
    <p>{title}</p>
    <p>Send an event to add one.</p>
  </div>
)

const Loading = () => (
  <div role="status">
    <span class="hidden">Loading chats…</span>
    {Array.from({ length: 6 }, (_, index) => (
      <div key={index} class="row room placeholder">
        <span class="avatar" />
        <span class="name" />
        <span class="preview" />
      </div>
    ))}
  </div>
)

const useNow = (): number => {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now())
    }, clockMs)
    return () => {
      clearInterval(timer)
    }
  }, [])
  return now
}
