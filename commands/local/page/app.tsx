import { render } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks'
import { sampleUsers } from '../sample-users.ts'
import { Avatar } from './avatar.tsx'
import type { Listing, Room } from './pages.ts'
import { EventForm } from './event-form.tsx'
import { Inbox, type Problem } from './inbox.ts'
import { LeaveDialog } from './leave-dialog.tsx'
import { RoomList } from './room-list.tsx'
import { findAvatar, nameRoom } from './room-face.ts'
import { Tabs } from './tabs.tsx'
import { UserChoice } from './user-choice.tsx'

const App = () => {
  const [user, setUser] = useState<string>(sampleUsers[0])
  const inbox = useInbox(user)
  return inbox && <InboxView key={inbox.user} inbox={inbox} onUser={setUser} />
}

const useInbox = (user: string): Inbox | undefined => {
  const [inbox, setInbox] = useState<Inbox>()
  const [, draw] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    const opened = new Inbox(user, () => {
      draw(undefined)
    })
    setInbox(opened)
    return opened.close
  }, [user])
  return inbox
}

const InboxView = ({ inbox, onUser }: { inbox: Inbox; onUser: (user: string) => void }) => {
  const { rooms, unread, problem } = inbox.state
  const [listing, setListing] = useState<Listing>('personal')
  const [isOpen, setOpen] = useState(false)
  const [leaving, setLeaving] = useState<Room>()
  const [selectedId, setSelectedId] = useState<number>()
  const panel = useRef<HTMLElement>(null)
  const opener = useRef<Element | null>(null)
  const selected = rooms[listing]?.rooms.find(({ room_id }) => room_id === selectedId)

  const open = useCallback((room?: Room) => {
    opener.current = document.activeElement
    setSelectedId(room?.room_id)
    setOpen(true)
  }, [])
  const close = () => {
    setOpen(false)
    setSelectedId(undefined)
    if (opener.current instanceof HTMLElement) opener.current.focus()
  }
  useLayoutEffect(() => {
    if (isOpen) panel.current?.focus()
  }, [isOpen, selectedId])
  const loadMore = useCallback(() => void inbox.loadMore(listing), [inbox, listing])
  const show = (shown: Listing, firstVisible: number) => {
    setListing(shown)
    inbox.show(shown, firstVisible)
  }

  return (
    <>
      <main>
        <header>
          <h1>Chats</h1>
          <UserChoice user={inbox.user} onChoose={onUser} />
          <button
            type="button"
            class="new"
            onClick={() => {
              open()
            }}
          >
            <span aria-hidden="true">+</span>
            <span class="hidden">New event</span>
          </button>
        </header>
        <Tabs
          chosen={listing}
          unread={unread}
          onChoose={(each) => {
            show(each, 0)
          }}
        />
        <ProblemBanner problem={problem} onRenew={() => void inbox.renewToken()} />
        <section role="tabpanel" id="rooms" aria-labelledby={`tab-${listing}`}>
          <RoomList
            key={listing}
            known={rooms[listing]}
            hasProblem={problem !== undefined}
            selected={selectedId}
            onSelect={open}
            onScroll={(firstVisible) => {
              show(listing, firstVisible)
            }}
            onEnd={loadMore}
          />
        </section>
      </main>
      <aside
        ref={panel}
        tabIndex={-1}
        aria-label="Chat backend"
        class={isOpen ? 'panel open' : 'panel'}
        onKeyDown={({ key }) => {
          if (key === 'Escape') close()
        }}
      >
        <PanelHead room={selected} onLeave={setLeaving} onClose={close} />
        <EventForm room={selected} user={inbox.user} onSent={() => void inbox.refresh()} />
      </aside>
      {leaving && (
        <LeaveDialog
          name={nameRoom(leaving)}
          leave={async () => {
            await inbox.leave(listing, leaving.room_id)
            close()
          }}
          onClose={() => {
            setLeaving(undefined)
          }}
        />
      )}
    </>
  )
}

interface PanelHeadProps {
  room: Room | undefined
  onLeave: (room: Room) => void
  onClose: () => void
}

const PanelHead = ({ room, onLeave, onClose }: PanelHeadProps) => (
  <div class="panel-head">
    {room ? (
      <>
        <Avatar id={room.room_id} name={room.room_name} url={findAvatar(room)} />
        <div>
          <h2>{nameRoom(room)}</h2>
          <p>Room {room.room_id}</p>
        </div>
        <button
          type="button"
          class="danger"
          onClick={() => {
            onLeave(room)
          }}
        >
          Leave
        </button>
      </>
    ) : (
      <div>
        <h2>Send an event</h2>
        <p>Choose a chat for events about it.</p>
      </div>
    )}
    <button type="button" class="close" onClick={onClose}>
      <span aria-hidden="true">✕</span>
      <span class="hidden">Close</span>
    </button>
  </div>
)

const ProblemBanner = ({ problem, onRenew }: { problem: Problem; onRenew: () => void }) => (
  <div role="status">
    {problem === 'refused token' && (
      <p class="banner">
        The token has expired, or the server was started again.
        <button type="button" onClick={onRenew}>
          Get a new token
        </button>
      </p>
    )}
    {problem === 'no answer' && (
      <p class="banner">The server does not answer. The list may be out of date. Trying again…</p>
    )}
  </div>
)

render(<App />, document.body)
