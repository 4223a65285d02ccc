import { render } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks'
import type { Room } from '../../../client/src/index.ts'
import { Avatar } from './avatar.tsx'
import { EventForm } from './event-form.tsx'
import { makeActionEvent, type RowAction } from './events.ts'
import { formatTraffic } from './format.ts'
import { Icon } from './icon.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { fetchSampleUsers } from './local.ts'
import { type InboxView, type OpenInbox, openInbox } from './open-inbox.ts'
import { PublishedPanel } from './published-panel.tsx'
import { RoomList } from './room-list.tsx'
import { findAvatar, nameRoom, selectRooms, type Tab } from './rooms.ts'
import { RowMenu } from './row-menu.tsx'
import { Tabs } from './tabs.tsx'
import { UserChoice } from './user-choice.tsx'

/** Where the panel covers the list, as in page.css. */
const phone = '(max-width: 859px)'

const App = ({ sampleUsers }: { sampleUsers: string[] }) => {
  const [user, setUser] = useState(() => sessionStorage.getItem('user') ?? sampleUsers[0])
  const inbox = useInbox(user)
  // A reload keeps the user.
  useEffect(() => {
    if (user !== undefined) sessionStorage.setItem('user', user)
  }, [user])
  if (user === undefined)
    return <p class="banner">The server does not respond. Start it, and reload the page.</p>
  return (
    <>
      {inbox && <Inbox key={inbox.user} inbox={inbox} sampleUsers={sampleUsers} onUser={setUser} />}
      <PublishedPanel isOpenAtFirst={!matchMedia(phone).matches} />
    </>
  )
}

const useInbox = (user: string | undefined): OpenInbox | undefined => {
  const [inbox, setInbox] = useState<OpenInbox>()
  const [, draw] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    if (user === undefined) return
    const opened = openInbox(user, () => {
      draw(undefined)
    })
    setInbox(opened)
    return opened.signOut
  }, [user])
  return inbox
}

interface InboxProps {
  inbox: OpenInbox
  sampleUsers: string[]
  onUser: (user: string) => void
}

/** What a person did, and how it went. */
interface Notice {
  text: string
  hasFailed: boolean
}

const Inbox = ({ inbox, sampleUsers, onUser }: InboxProps) => {
  const view = inbox.getView()
  const [tab, setTab] = useState<Tab>('all')
  const [showsArchived, setShowsArchived] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const [menu, setMenu] = useState<{ room: Room; button: HTMLElement }>()
  const [leaving, setLeaving] = useState<Room>()
  const [selectedId, setSelectedId] = useState<number>()
  const [notice, setNotice] = useState<Notice>()
  const isPhone = useMedia(phone)
  const panel = useRef<HTMLElement>(null)
  /** Gets the focus when the panel closes. */
  const opener = useRef<Element | null>(null)
  const rooms = selectRooms(view.rooms, tab, showsArchived)
  const selected = view.rooms.find(({ room_id }) => room_id === selectedId)

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
      // In a dialog or a menu, Escape closes that alone.
      if (key === 'Escape' && !(target instanceof Element && target.closest('dialog, [popover]')))
        close()
    }
    document.addEventListener('keydown', closeOnEscape)
    return () => {
      document.removeEventListener('keydown', closeOnEscape)
    }
  }, [isOpen, close])

  /** Says how it went. If the focus was in a row that has gone, it moves to the row that is now in its place. */
  const perform = async (room: Room, title: string, change: () => Promise<string>) => {
    const index = rooms.findIndex(({ room_id }) => room_id === room.room_id)
    const neighbour = rooms[index + 1] ?? rooms[index - 1]
    setNotice(undefined)
    try {
      setNotice({ text: await change(), hasFailed: false })
    } catch (error) {
      setNotice({ text: `${title}: ${(error as Error).message}`, hasFailed: true })
    }
    await new Promise(requestAnimationFrame)
    if (document.activeElement !== document.body) return
    const row = findRow(room) ?? (neighbour && findRow(neighbour))
    ;(row ?? document.getElementById(`tab-${tab}`))?.focus()
  }
  const act = (room: Room, action: RowAction) =>
    perform(room, action.title, async () => {
      await inbox.apply(makeActionEvent(action, room, inbox.user, Date.now()))
      return action.done
    })
  const leave = (room: Room) =>
    perform(room, 'Leave', async () => {
      opener.current = null
      setLeaving(undefined)
      close()
      const result = await inbox.leave(room.room_id)
      if (result.kind === 'failure') throw new Error(result.message)
      return `You left ${room.room_name.trim() || 'the chat'}.`
    })

  return (
    <>
      <main inert={isOpen && isPhone}>
        <header>
          <h1>{showsArchived ? 'Archived' : 'Chats'}</h1>
          <UserChoice user={inbox.user} sampleUsers={sampleUsers} onChoose={onUser} />
        </header>
        <Tabs rooms={view.rooms} chosen={tab} onChoose={setTab} />
        <ConnectionBanner view={view} onRetry={() => void inbox.refresh()} />
        {notice?.hasFailed && (
          <p role="alert" class="banner">
            {notice.text}
          </p>
        )}
        <section role="tabpanel" id="rooms" aria-labelledby={`tab-${tab}`}>
          <RoomList
            key={`${tab} ${showsArchived}`}
            view={view}
            rooms={rooms}
            archivedCount={selectRooms(view.rooms, tab, true).length}
            showsArchived={showsArchived}
            onArchived={setShowsArchived}
            user={inbox.user}
            selected={selectedId}
            onSelect={open}
            onMenu={(room, button) => {
              setMenu({ room, button })
            }}
          />
        </section>
        <footer>
          <p>
            {view.lastSync && (
              <>
                <strong>Last sync</strong>
                {formatTraffic(view.lastSync, view.rooms.length)}
              </>
            )}
          </p>
          <button
            type="button"
            class="primary"
            onClick={() => {
              open()
            }}
          >
            Send an event
          </button>
        </footer>
      </main>
      <p role="status" class="hidden">
        {notice && !notice.hasFailed && notice.text}
      </p>
      {menu && (
        <RowMenu
          {...menu}
          onAct={(action) => void act(menu.room, action)}
          onLeave={() => {
            setLeaving(menu.room)
          }}
          onClose={() => {
            setMenu(undefined)
          }}
        />
      )}
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
          inbox={inbox}
          sampleUsers={sampleUsers}
        />
      </aside>
      {leaving && (
        <LeaveDialog
          name={nameRoom(leaving)}
          onLeave={() => void leave(leaving)}
          onClose={() => {
            setLeaving(undefined)
          }}
        />
      )}
    </>
  )
}

const findRow = ({ room_id }: Room) =>
  document.querySelector<HTMLElement>(`[data-room="${room_id}"] button`)

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
    <button type="button" class="round close" onClick={onClose}>
      <Icon name="close" label="Close" />
    </button>
  </div>
)

const ConnectionBanner = ({ view, onRetry }: { view: InboxView; onRetry: () => void }) => {
  const { isOffline, isLoaded, failure } = view
  const isRefused = failure?.status === 401
  return (
    <div role="status">
      {isRefused && (
        <p class="banner">
          The server refuses the token.
          <button type="button" onClick={onRetry}>
            Get a new token
          </button>
        </p>
      )}
      {!isRefused && (isOffline || failure) && (
        <p class="banner">
          {isOffline ? 'The server does not respond.' : failure!.message}
          {isLoaded && ' This is the last list.'} Trying again…
        </p>
      )}
    </div>
  )
}

// Without the server, a reload still shows the last list of its user.
render(<App sampleUsers={await fetchSampleUsers().catch(() => [])} />, document.body)
