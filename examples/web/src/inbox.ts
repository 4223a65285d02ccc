import { Failure, fetchPage, fetchToken, fetchUnread, leaveRoom, type Unread } from './client.ts'
import type { Listing } from './pages.ts'
import { append, findPage, type KnownRooms, remove, replace, startWith } from './known-rooms.ts'

/** Why the lists are not up to date. */
export type Problem = 'refused token' | 'no answer' | undefined

/** What one user sees. */
export interface InboxState {
  /** Undefined until the first page has arrived. */
  rooms: Record<Listing, KnownRooms | undefined>
  unread: Record<Listing, Unread | undefined>
  problem: Problem
}

export const listings: Listing[] = ['personal', 'group']
const pageSize = 50
const pollMs = 2000
const maxPollMs = 15_000

/** Keeps the lists of one user up to date, while the page is visible. */
export class Inbox {
  readonly user: string
  state: InboxState = {
    rooms: { personal: undefined, group: undefined },
    unread: { personal: undefined, group: undefined },
    problem: undefined,
  }
  readonly #changed: () => void
  #token: string | undefined
  #listing: Listing = 'personal'
  #firstVisible = 0
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Requests run one after the other, so that an older answer never replaces a newer one. */
  #queue: Promise<void> = Promise.resolve()
  #isClosed = false

  /** @param changed is called after each change of `state` */
  constructor(user: string, changed: () => void) {
    this.user = user
    this.#changed = changed
    document.addEventListener('visibilitychange', this.#poll)
    this.#poll()
  }

  close = (): void => {
    this.#isClosed = true
    clearTimeout(this.#timer)
    document.removeEventListener('visibilitychange', this.#poll)
  }

  /** Says what is on the screen, which is all that is asked for again. */
  show = (listing: Listing, firstVisible: number): void => {
    const isOther = listing !== this.#listing
    this.#listing = listing
    this.#firstVisible = firstVisible
    if (isOther) this.#poll()
  }

  /** Reads what has changed, now and then every few seconds. */
  refresh = (): Promise<void> => this.#enqueue(this.#readChanges)

  renewToken = (): Promise<void> => {
    this.#token = undefined
    this.#set({ problem: undefined })
    return this.refresh()
  }

  loadMore = (listing: Listing): Promise<void> =>
    this.#enqueue(async () => {
      const known = this.state.rooms[listing]
      if (known?.next === undefined) return
      const page = await fetchPage(await this.#getToken(), listing, known.next)
      if (page) this.#setRooms(listing, append(known, known.next, page))
    })

  /** @throws Failure if the API refuses */
  leave = async (listing: Listing, roomId: number): Promise<void> => {
    await this.#inOrder(async () => {
      await leaveRoom(await this.#getToken(), roomId)
      const known = this.state.rooms[listing]
      if (known) this.#setRooms(listing, remove(known, roomId))
    })
    await this.refresh()
  }

  #poll = (): void => {
    void this.refresh()
  }

  #readChanges = async (): Promise<void> => {
    clearTimeout(this.#timer)
    // The next poll comes with visibilitychange.
    if (document.hidden || this.state.problem === 'refused token') return
    const listing = this.#listing
    await this.#readRooms(listing, 0)
    const known = this.state.rooms[listing]
    const inView = known ? findPage(known, this.#firstVisible) : 0
    if (inView > 0) await this.#readRooms(listing, inView)
    for (const each of listings) await this.#readUnread(each)
  }

  #readRooms = async (listing: Listing, index: number): Promise<void> => {
    const known = this.state.rooms[listing]
    const { query, etag } = known?.pages[index] ?? { query: { limit: pageSize } }
    const page = await fetchPage(await this.#getToken(), listing, query, etag)
    if (page) this.#setRooms(listing, known ? replace(known, index, page) : startWith(query, page))
  }

  #readUnread = async (listing: Listing): Promise<void> => {
    const known = this.state.unread[listing]
    const unread = await fetchUnread(await this.#getToken(), listing, known?.etag)
    if (unread) this.#set({ unread: { ...this.state.unread, [listing]: unread } })
  }

  #getToken = async (): Promise<string> => (this.#token ??= await fetchToken(this.user))

  /** Runs requests in their turn. A failure becomes the state's problem, and the next poll tries again. */
  #enqueue = (request: () => Promise<void>): Promise<void> =>
    this.#inOrder(async () => {
      try {
        await request()
        this.#failures = 0
        if (this.state.problem === 'no answer') this.#set({ problem: undefined })
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        this.#failures += 1
        this.#set({ problem: error.status === 401 ? 'refused token' : 'no answer' })
      } finally {
        this.#schedule()
      }
    })

  #inOrder = (run: () => Promise<void>): Promise<void> => {
    const done = this.#queue.then(() => (this.#isClosed ? undefined : run()))
    this.#queue = done.catch(() => undefined)
    return done
  }

  #schedule = (): void => {
    clearTimeout(this.#timer)
    if (this.#isClosed) return
    this.#timer = setTimeout(
      this.#poll,
      Math.min(maxPollMs, pollMs * 2 ** Math.max(0, this.#failures - 1)),
    )
  }

  #setRooms = (listing: Listing, rooms: KnownRooms): void => {
    this.#set({ rooms: { ...this.state.rooms, [listing]: rooms } })
  }

  #set = (change: Partial<InboxState>): void => {
    if (this.#isClosed) return
    this.state = { ...this.state, ...change }
    this.#changed()
  }
}
