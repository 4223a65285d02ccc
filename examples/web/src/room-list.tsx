import { useEffect, useRef, useState } from 'preact/hooks'
import type { KnownRooms } from './known-rooms.ts'
import type { Room } from './pages.ts'
import { RoomRow } from './room-row.tsx'

interface RoomListProps {
  /** Undefined until the first page has arrived. */
  known: KnownRooms | undefined
  hasProblem: boolean
  selected: number | undefined
  onSelect: (room: Room) => void
  onScroll: (firstVisible: number) => void
  onEnd: () => void
}

/** In pixels, as in page.css. */
const rowHeight = 76
/** Rows that are drawn above and below those in view, among them the next stops of the Tab key. */
const spareRows = 20
/** How far above the end of the list the next page is asked for. */
const loadAhead = '800px'
/** Ages are drawn again this often. */
const clockMs = 30_000

/** Draws only the rows around those in view, so that thousands of rooms cost no more than a few. */
export const RoomList = ({
  known,
  hasProblem,
  selected,
  onSelect,
  onScroll,
  onEnd,
}: RoomListProps) => {
  const now = useNow()
  const [firstVisible, setFirstVisible] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const end = useRef<HTMLDivElement>(null)
  // Observed anew after each page, because a list that is still short makes no new crossing.
  useEffect(() => {
    if (known?.next === undefined || hasProblem) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) onEnd()
      },
      { root: list.current, rootMargin: loadAhead },
    )
    observer.observe(end.current!)
    return () => {
      observer.disconnect()
    }
  }, [known?.next, hasProblem, onEnd])

  if (known === undefined)
    return <div class="list">{hasProblem ? <Empty title="No chats to show" /> : <Loading />}</div>
  const { rooms, total } = known
  const start = Math.max(0, firstVisible - spareRows)
  const drawn = rooms.slice(start, firstVisible + rowsInView(list.current) + spareRows)
  return (
    <div
      class="list"
      ref={list}
      onScroll={({ currentTarget: { scrollTop } }) => {
        const first = Math.floor(scrollTop / rowHeight)
        setFirstVisible(first)
        onScroll(first)
      }}
    >
      {rooms.length === 0 ? (
        <Empty title="No chats yet" />
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
              total={total}
              isSelected={room.room_id === selected}
              now={now}
              onSelect={onSelect}
            />
          ))}
        </ul>
      )}
      <div ref={end} class="end">
        {known.next && 'Loading more…'}
      </div>
    </div>
  )
}

const rowsInView = (list: HTMLElement | null): number =>
  Math.ceil((list?.clientHeight ?? window.innerHeight) / rowHeight)

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
      <div key={index} class="row placeholder">
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
