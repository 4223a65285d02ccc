import { render } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks'
import { Avatar } from './avatar.tsx'
import { fetchSampleUsers, type SampleUsers } from './client.ts'
import type { Listing, Room } from './pages.ts'
import { EventForm } from './event-form.tsx'
import { Inbox, type Problem } from './inbox.ts'
import { LeaveDialog } from './leave-dialog.tsx'
import { RoomList } from './room-list.tsx'
import { findAvatar, nameRoom } from './room-face.ts'
import { Tabs } from './tabs.tsx'
import { UserChoice } from './user-choice.tsx'

/** Where the panel covers the list, as in page.css. */
const phone = '(max-width: 859px)'

const App = ({ sampleUsers }: { sampleUsers: SampleUsers }) => {
  const [user, setUser] = useState(() => sessionStorage.getItem('user') ?? sampleUsers[0])
  const inbox = useInbox(user)
  // A reload keeps the user.
  useEffect(() => {
    sessionStorage.setItem('user', user)
  }, [user])
  return (
    inbox && <InboxView key={inbox.user} inbox={inbox} sampleUsers={sampleUsers} onUser={setUser} />
  )
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

interface InboxViewProps {
  inbox: Inbox
  sampleUsers: SampleUsers
  onUser: (user: string) => void
}

const InboxView = ({ inbox, sampleUsers, onUser }: InboxViewProps) => {
  const { rooms, unread, problem } = inbox.state
  const [listing, setListing] = useState<Listing>('personal')
  const [isOpen, setOpen] = useState(false)
  const [leaving, setLeaving] = useState<Room>()
  const [selectedId, setSelectedId] = useState<number>()
  const [notice, setNotice] = useState<string>()
  const isPhone = useMedia(phone)
  const panel = useRef<HTMLElement>(null)
  /** Gets the focus when the panel closes. */
  const opener = useRef<Element | null>(null)
  const selected = rooms[listing]?.rooms.find(({ room_id }) => room_id === selectedId)

  const open = useCallback((room?: Room) => {
    opener.current = document.activeElement
    setSelectedId(room?.room_id)
    setNotice(undefined)
    setOpen(true)
  }, [])
  const close = useCallback(() => {
    setOpen(false)
    setSelectedId(undefined)
  }, [])
  useLayoutEffect(() => {
    if (isOpen) panel.current?.focus()
    else if (opener.current instanceof HTMLElement) opener.current.focus()
  }, [isOpen, selectedId])
  useEffect(() => {
    if (!isOpen) return
    const closeOnEscape = ({ key, target }: KeyboardEvent) => {
      // In a dialog, Escape closes the dialog alone.
      if (key === 'Escape' && !(target instanceof Element && target.closest('dialog'))) close()
    }
    document.addEventListener('keydown', closeOnEscape)
    return () => {
      document.removeEventListener('keydown', closeOnEscape)
    }
  }, [isOpen, close])
  /** Goes on at the chat that is now where the left one was. */
  const leave = async (room: Room) => {
    const index = rooms[listing]!.rooms.findIndex(({ room_id }) => room_id === room.room_id)
    await inbox.leave(listing, room.room_id)
    const rest = inbox.state.rooms[listing]?.rooms ?? []
    const next = rest[Math.min(index, rest.length - 1)]
    opener.current = document.querySelector(
      next ? `[data-room="${next.room_id}"] button` : `#tab-${listing}`,
    )
    setLeaving(undefined)
    close()
    setNotice(`You left ${room.room_name.trim() || 'the chat'}.`)
  }
  const loadMore = useCallback(() => void inbox.loadMore(listing), [inbox, listing])
  const show = (shown: Listing, firstVisible: number) => {
    setListing(shown)
    inbox.show(shown, firstVisible)
  }

  return (
    <>
      <main inert={isOpen && isPhone}>
        <header>
          <h1>Chats</h1>
          <UserChoice user={inbox.user} sampleUsers={sampleUsers} onChoose={onUser} />
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
        <button
          type="button"
          class="new"
          onClick={() => {
            open()
          }}
        >
          Send an event
        </button>
      </main>
      <p role="status" class="hidden">
        {notice}
      </p>
      {isOpen && isPhone && <div class="backdrop" onClick={close} />}
      <aside
        ref={panel}
        tabIndex={-1}
        aria-label="Chat backend"
        class={isOpen ? 'panel open' : 'panel'}
      >
        <PanelHead room={selected} onLeave={setLeaving} onClose={close} />
        <EventForm
          key={`${isOpen} ${selected?.room_id}`}
          room={selected}
          user={inbox.user}
          sampleUsers={sampleUsers}
          onSent={() => void inbox.refresh()}
        />
      </aside>
      {leaving && (
        <LeaveDialog
          name={nameRoom(leaving)}
          leave={() => leave(leaving)}
          onClose={() => {
            setLeaving(undefined)
          }}
        />
      )}
    </>
  )
}

const useMedia = (query: string): boolean => {
  const [matches, setMatches] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const media = matchMedia(query)
    const update = () => {
      setMatches(media.matches)
    }
    media.addEventListener('change', update)
    return () => {
      media.removeEventListener('change', update)
    }
  }, [query])
  return matches
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

render(<App sampleUsers={await fetchSampleUsers()} />, document.body)
