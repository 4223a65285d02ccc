import {
  createClient,
  createInbox,
  type Failure,
  type Left,
  type Snapshot,
} from '../../../client/src/index.ts'
import type { components } from '../../../docs/openapi.d.ts'
import type { Traffic } from './format.ts'
import { type ChatEvent, fetchToken, sendEvent } from './local.ts'

type Listing = components['schemas']['MixedListing']

/** An app with many users polls every 30 to 60 seconds: here, one person wants to see what an event does. */
const pollMs = 2000

/** What the page shows of an inbox. */
export interface InboxView extends Snapshot {
  /** Whether the last request had no response. */
  isOffline: boolean
  lastSync: Traffic | undefined
}

/** The inbox of one user, which keeps itself up to date while the page is visible. */
export interface OpenInbox {
  user: string
  getView: () => InboxView
  /**
   * Applies an event, or each of a list, and shows what it changed.
   * @throws Error with the reason if one is refused
   */
  apply: (event: ChatEvent | ChatEvent[]) => Promise<void>
  leave: (roomId: number) => Promise<Left | Failure>
  /** Goes on after a refused token, which ends the polling. */
  refresh: () => Promise<void>
  /** Signs the user out: nothing of the list stays in the browser. */
  signOut: () => void
}

/** @param changed is called after each change of the view */
export const openInbox = (user: string, changed: () => void): OpenInbox => {
  const key = `chat-inbox:${user}`
  let isClosed = false
  let token: Promise<string> | undefined
  let isOffline = false
  let traffic: Traffic = { requests: 0, rooms: 0 }
  let lastSync: Traffic | undefined
  let etag: string | undefined
  /** Whether a sync is due, whatever the first page says. */
  let isDue = true
  let polling = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let syncing: Promise<unknown> = Promise.resolve()

  const setOffline = (value: boolean) => {
    if (isClosed || value === isOffline) return
    isOffline = value
    changed()
  }
  /** The client tries again for half a minute before it reports a failure. The page says so at once. */
  const watchedFetch: typeof fetch = async (...parameters) => {
    try {
      const response = await fetch(...parameters)
      setOffline(false)
      return response
    } catch (error) {
      setOffline(true)
      throw error
    }
  }
  const countedFetch: typeof fetch = async (...parameters) => {
    const response = await watchedFetch(...parameters)
    traffic.requests += 1
    const listing = (await response.clone().json()) as { data?: Partial<Listing['data']> }
    traffic.rooms += listing.data?.results?.rooms_info.length ?? 0
    return response
  }
  const getToken = async ({ refresh }: { refresh: boolean }) => {
    if (refresh) token = undefined
    try {
      return await (token ??= fetchToken(user))
    } catch (error) {
      token = undefined
      setOffline(true)
      throw error
    }
  }

  const baseUrl = location.origin
  const client = createClient({ baseUrl, getToken, fetch: watchedFetch })
  const inbox = createInbox({
    client: createClient({ baseUrl, getToken, fetch: countedFetch }),
    storage: {
      load: () => localStorage.getItem(key),
      save: (text) => {
        localStorage.setItem(key, text)
      },
    },
  })
  inbox.subscribe(changed)

  const syncOnce = async () => {
    traffic = { requests: 0, rooms: 0 }
    const { kind } = await inbox.sync()
    if (kind === 'synced') lastSync = traffic
    changed()
  }
  /** A sync that is running may have read before what is to be shown: another one follows it. */
  const sync = () => (syncing = syncing.then(syncOnce))

  /** The ETag is that of a page from before the sync, so that no change falls between the two. */
  const poll = async () => {
    clearTimeout(timer)
    polling.abort()
    polling = new AbortController()
    const { signal } = polling
    const page = await client.listRooms({ etag }, signal)
    if (signal.aborted) return
    if (page.kind === 'page') ({ etag } = page)
    if (isDue || page.kind !== 'unchanged' || inbox.getSnapshot().failure) {
      isDue = false
      await sync()
    }
    clearTimeout(timer)
    const isRefused = inbox.getSnapshot().failure?.status === 401
    if (!isClosed && !document.hidden && !isRefused) timer = setTimeout(() => void poll(), pollMs)
  }
  const refresh = () => {
    isDue = true
    return poll()
  }
  const onVisibility = () => {
    if (document.hidden) clearTimeout(timer)
    else void refresh()
  }
  document.addEventListener('visibilitychange', onVisibility)
  void refresh()

  return {
    user,
    getView: () => ({ ...inbox.getSnapshot(), isOffline, lastSync }),
    apply: async (event) => {
      await sendEvent(event)
      await refresh()
    },
    leave: inbox.leave,
    refresh,
    signOut: () => {
      isClosed = true
      polling.abort()
      inbox.close()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisibility)
      localStorage.removeItem(key)
    },
  }
}
