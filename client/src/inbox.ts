import type { Client } from './client.ts'
import type { Changes, Failure, Left, Room, Synced } from './results.ts'
import { type Copy, readCopy, writeCopy } from './stored-copy.ts'

/** Where an app keeps one text between two starts, such as one key of `localStorage`. */
export interface InboxStorage {
  /** Returns the text that was saved last, or nothing. */
  load: () => string | null | undefined | Promise<string | null | undefined>
  save: (text: string) => void | Promise<void>
}

export interface InboxOptions {
  client: Client
  /** Without it, each start loads the whole list. Each user needs a place of their own. */
  storage?: InboxStorage | undefined
}

/** What to show on the icon of the app, of the rooms that are neither muted nor archived. */
export interface Badge {
  /** The sum of `unread_count`, which is up to 999 in each room. */
  comments: number
  /** The number of rooms with unread comments or marked as unread. */
  rooms: number
}

/** The inbox at one moment. It never changes; what is the same as before is the same object. */
export interface Snapshot {
  /** All rooms, in the order of the API. */
  readonly rooms: readonly Room[]
  readonly badge: Badge
  /** False until the storage or the API has given the list. */
  readonly isLoaded: boolean
  /** Why the last `sync` did not succeed, until one does. */
  readonly failure: Failure | undefined
}

/** A copy of the whole list of one user. Its functions can be passed on without it. */
export interface Inbox {
  /**
   * Brings the copy up to date: the first time with all pages, later with what changed. Calls during a `sync` share the
   * one that follows it, because the response of the first may be older than what they are called for.
   */
  sync: () => Promise<Synced | Failure>
  /** Takes the user out of a room. The room vanishes at once, and comes back if the result is a failure. */
  leave: (roomId: number) => Promise<Left | Failure>
  getSnapshot: () => Snapshot
  /**
   * @param listener is called after each change of the snapshot
   * @returns ends it
   */
  subscribe: (listener: () => void) => () => void
  /** Ends all requests, and calls and stores nothing any more. Call it when the user signs out. */
  close: () => void
}

/** Makes the copy of the user of the client. It first shows what the storage has; it does not `sync` by itself. */
export const createInbox = ({ client, storage }: InboxOptions): Inbox => {
  const closing = new AbortController()
  const { signal } = closing
  const listeners = new Set<() => void>()
  let copy: Copy | undefined
  let snapshot: Snapshot = {
    rooms: [],
    badge: { comments: 0, rooms: 0 },
    isLoaded: false,
    failure: undefined,
  }
  let syncCount = 0
  let running: Promise<Synced | Failure> | undefined
  let next: Promise<Synced | Failure> | undefined
  let saving = Promise.resolve()
  /** Rooms that the user leaves, and the first sync that cannot bring them back: the first after the response. */
  const hidden = new Map<number, number>()

  const publish = (failure: Failure | undefined) => {
    if (signal.aborted) return
    const shown = [...(copy?.rooms.values() ?? [])].filter(({ room_id }) => !hidden.has(room_id))
    const rooms = keepList(snapshot.rooms, shown.sort(compareRooms))
    const badge = keepBadge(snapshot.badge, countUnread(rooms))
    const isLoaded = copy !== undefined
    const isSame = rooms === snapshot.rooms && badge === snapshot.badge
    if (isSame && isLoaded === snapshot.isLoaded && failure === snapshot.failure) return
    snapshot = { rooms, badge, isLoaded, failure }
    for (const listener of [...listeners]) listener()
  }

  /** Texts are saved one after the other, so that the newest stays. A copy that cannot be saved is loaded again. */
  const save = () => {
    if (storage === undefined || copy === undefined) return
    const left = [...hidden].filter(([, first]) => first < Infinity).map(([roomId]) => roomId)
    const text = writeCopy({ ...copy, left })
    saving = saving
      .then(() => (signal.aborted ? undefined : storage.save(text)))
      .catch(() => undefined)
  }

  const restore = async () => {
    try {
      const stored = readCopy(await storage?.load())
      for (const roomId of stored?.left ?? []) hidden.set(roomId, 1)
      copy = stored
    } catch {
      // Without a stored copy, the first sync loads everything.
    }
  }

  /** A room can move past a page while the pages are read: the changes since the first page have it. */
  const load = async (): Promise<Copy | Failure> => {
    const first = await client.listRooms({ limit: 100 }, signal)
    if (first.kind === 'failure') return first
    const rooms = new Map(first.rooms.map((room) => [room.room_id, room]))
    for (let cursor = first.nextCursor; cursor !== undefined;) {
      const page = await client.listRooms({ limit: 100, cursor }, signal)
      if (page.kind === 'failure') return page
      for (const room of page.rooms) rooms.set(room.room_id, room)
      cursor = page.nextCursor
    }
    // Every first page without filters has a token. The API refuses an empty one.
    return { rooms, syncToken: first.syncToken ?? '' }
  }

  const catchUp = async (base: Copy | Failure): Promise<Copy | Failure> => {
    if ('kind' in base) return base
    const changes = await client.listChanges(base.syncToken, signal)
    return changes.kind === 'failure' ? changes : applyChanges(base, changes)
  }

  /**
   * If the API does not know the token any more, a new copy takes the place of the old one. If the token of a new copy
   * is refused too, the user has more rooms than the API compares, and the pages are all that can be known.
   */
  const update = async (): Promise<Copy | Failure> => {
    const updated = await catchUp(copy ?? (await load()))
    if (!isExpired(updated)) return updated
    const loaded = await load()
    const again = await catchUp(loaded)
    return isExpired(again) ? loaded : again
  }

  const runSync = async (): Promise<Synced | Failure> => {
    await restored
    syncCount += 1
    const current = syncCount
    const updated = await update()
    if ('kind' in updated) {
      publish(updated)
      return updated
    }
    copy = keepRooms(copy, updated)
    for (const [roomId, first] of hidden) if (first <= current) hidden.delete(roomId)
    save()
    publish(undefined)
    return { kind: 'synced' }
  }

  const startSync = (): Promise<Synced | Failure> => {
    next = undefined
    running = runSync().finally(() => {
      running = undefined
    })
    return running
  }

  const leave = async (roomId: number): Promise<Left | Failure> => {
    hidden.set(roomId, Infinity)
    publish(snapshot.failure)
    const result = await client.leaveRoom(roomId, signal)
    if (result.kind === 'failure') hidden.delete(roomId)
    else {
      hidden.set(roomId, syncCount + 1)
      save()
    }
    publish(snapshot.failure)
    return result
  }

  const restored = restore()
  void restored.then(() => {
    publish(undefined)
  })
  return {
    sync: () => next ?? (running === undefined ? startSync() : (next = running.then(startSync))),
    leave,
    getSnapshot: () => snapshot,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    close: () => {
      closing.abort()
      listeners.clear()
    },
  }
}

const isExpired = (result: Copy | Failure): boolean =>
  'kind' in result && result.code === 'sync_expired'

const applyChanges = (base: Copy, { rooms: changed, removed, syncToken }: Changes): Copy => {
  const rooms = new Map(base.rooms)
  for (const roomId of removed) rooms.delete(roomId)
  for (const room of changed) rooms.set(room.room_id, room)
  return { rooms, syncToken }
}

/** The order of the API: the time of the last comment, its id, the id of the room; all descending. */
const compareRooms = (a: Room, b: Room): number =>
  Date.parse(b.last_comment_timestamp) - Date.parse(a.last_comment_timestamp) ||
  b.last_comment_id - a.last_comment_id ||
  b.room_id - a.room_id

const countUnread = (rooms: readonly Room[]): Badge => {
  const counted = rooms.filter(({ muted, archived }) => !muted && !archived)
  return {
    comments: counted.reduce((sum, { unread_count }) => sum + unread_count, 0),
    rooms: counted.filter(({ unread_count, marked_unread }) => unread_count > 0 || marked_unread)
      .length,
  }
}

/** Takes over the objects of rooms that are the same as before. */
const keepRooms = (before: Copy | undefined, { rooms, syncToken }: Copy): Copy => {
  const kept = new Map<number, Room>()
  for (const [roomId, room] of rooms) {
    const known = before?.rooms.get(roomId)
    kept.set(roomId, known && JSON.stringify(known) === JSON.stringify(room) ? known : room)
  }
  return { rooms: kept, syncToken }
}

const keepList = (before: readonly Room[], rooms: readonly Room[]): readonly Room[] =>
  before.length === rooms.length && before.every((room, index) => room === rooms[index])
    ? before
    : rooms

const keepBadge = (before: Badge, badge: Badge): Badge =>
  before.comments === badge.comments && before.rooms === badge.rooms ? before : badge
