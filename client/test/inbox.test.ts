import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import { createClient, createInbox, type Inbox, type InboxStorage } from '../src/index.ts'
import {
  createFakeServer,
  errors,
  type FakeServer,
  makeListing,
  makeRoom,
} from '../testing/index.ts'

let server: FakeServer
/** The paths of the requests. */
let requests: string[]
/** Runs while a request is under way: before the server reads its list, and after that. */
let meanwhile: { before: (path: string) => unknown; after: (path: string) => unknown }

const client = createClient({
  baseUrl: 'https://fake.example.com',
  getToken: () => 'token',
  fetch: async (url, init) => {
    const path = (url as string).slice('https://fake.example.com'.length)
    requests.push(path)
    await meanwhile.before(path)
    const response = await server.fetch(url, init)
    await meanwhile.after(path)
    return response
  },
})

const nothing = () => undefined

beforeEach(() => {
  server = createFakeServer()
  requests = []
  meanwhile = { before: nothing, after: nothing }
})

const makeRooms = (count: number) =>
  Array.from({ length: count }, (_, index) => makeRoom({ room_id: index + 1 }))

const ids = (inbox: Inbox) => inbox.getSnapshot().rooms.map(({ room_id }) => room_id)

const makeStorage = () => {
  const storage: InboxStorage & { text: string | undefined } = {
    text: undefined,
    load: () => storage.text,
    save: (newest: string) => {
      storage.text = newest
    },
  }
  return storage
}

const untilStored = () => new Promise((resolve) => setImmediate(resolve))

const makeSyncedInbox = async (storage?: InboxStorage): Promise<Inbox> => {
  const inbox = createInbox({ client, storage })
  await inbox.sync()
  requests = []
  return inbox
}

describe('a first sync', () => {
  test('reads all pages, and then what changed since the first', async () => {
    server.rooms = makeRooms(250)
    const inbox = createInbox({ client })

    expect(await inbox.sync()).toEqual({ kind: 'synced' })

    expect(ids(inbox)).toEqual(server.rooms.map(({ room_id }) => room_id).reverse())
    expect(requests.map((path) => path.replace(/=(token|0)[-_\d]*/, '=…'))).toEqual([
      '/chat/all?limit=100',
      '/chat/all?limit=100&cursor=…',
      '/chat/all?limit=100&cursor=…',
      '/chat/all?since=…',
    ])
  })

  test('has rooms that move, come and go while the pages are read', async () => {
    server.rooms = makeRooms(150)
    meanwhile.after = (path) => {
      if (path !== '/chat/all?limit=100') return
      // From the second page to the first, from the first page to nowhere, and a new one.
      server.rooms[0] = makeRoom({ room_id: 1, last_comment_timestamp: '2026-02-01T09:00:00Z' })
      server.rooms = server.rooms.filter(({ room_id }) => room_id !== 150)
      server.rooms.push(makeRoom({ room_id: 151 }))
    }
    const inbox = createInbox({ client })

    await inbox.sync()

    expect(ids(inbox).slice(0, 3)).toEqual([1, 151, 149])
    expect(ids(inbox)).toHaveLength(150)
  })

  test('shows that nothing is loaded until it is done, also if there are no rooms', async () => {
    const inbox = createInbox({ client })

    expect(inbox.getSnapshot()).toEqual({
      rooms: [],
      badge: { comments: 0, rooms: 0 },
      isLoaded: false,
      failure: undefined,
    })
    await inbox.sync()
    expect(inbox.getSnapshot()).toMatchObject({ rooms: [], isLoaded: true })
  })

  test('that fails shows why, and the next loads again', async () => {
    server.rooms = makeRooms(150)
    server.nextResponses = [errors.forbidden]
    const inbox = createInbox({ client })

    const failure = await inbox.sync()

    expect(failure).toMatchObject({ kind: 'failure', code: 'forbidden' })
    expect(inbox.getSnapshot()).toMatchObject({ rooms: [], isLoaded: false, failure })
    meanwhile.before = (path) => {
      if (path.includes('cursor')) server.nextResponses = [errors.invalid_cursor]
    }
    expect(await inbox.sync()).toMatchObject({ code: 'invalid_cursor' })
    expect(inbox.getSnapshot().isLoaded).toBe(false)
    meanwhile.before = nothing
    expect(await inbox.sync()).toEqual({ kind: 'synced' })
    expect(inbox.getSnapshot()).toMatchObject({ isLoaded: true, failure: undefined })
  })
})

describe('a later sync', () => {
  test('asks once, for what changed', async () => {
    server.rooms = makeRooms(3)
    const inbox = await makeSyncedInbox()
    server.rooms[1] = makeRoom({ room_id: 2, last_comment_timestamp: '2026-02-01T09:00:00Z' })
    server.rooms.shift()
    server.rooms.push(makeRoom({ room_id: 4 }))

    await inbox.sync()

    expect(ids(inbox)).toEqual([2, 4, 3])
    expect(requests).toEqual([expect.stringMatching(/^\/chat\/all\?since=token-\d+$/)])
  })

  test('that fails keeps the list and its token', async () => {
    server.rooms = makeRooms(3)
    const inbox = await makeSyncedInbox()
    server.rooms.pop()
    server.nextResponses = [errors.forbidden]

    expect(await inbox.sync()).toMatchObject({ code: 'forbidden' })
    expect(ids(inbox)).toEqual([3, 2, 1])
    await inbox.sync()
    expect(ids(inbox)).toEqual([2, 1])
  })

  test('is followed by one more for all calls meanwhile, which sees what came after its own response', async () => {
    server.rooms = makeRooms(1)
    const inbox = await makeSyncedInbox()

    let later: Promise<unknown> | undefined
    meanwhile.after = () => {
      meanwhile.after = nothing
      server.rooms.push(makeRoom({ room_id: 2 }))
      later = Promise.all([inbox.sync(), inbox.sync()])
    }

    await inbox.sync()
    expect(ids(inbox)).toEqual([1])
    await later

    expect(requests).toHaveLength(2)
    expect(ids(inbox)).toEqual([2, 1])
  })

  test('accepts changes that it knows, and removals of rooms that it does not know', async () => {
    server.rooms = makeRooms(3)
    const inbox = await makeSyncedInbox()
    const before = inbox.getSnapshot()
    server.nextResponses = [
      makeListing(makeRooms(3), { removed_rooms: [77], sync_token: 'token-next' }),
    ]

    await inbox.sync()

    expect(inbox.getSnapshot()).toBe(before)
  })
})

describe('the order', () => {
  test('is that of the time, then of the comment, then of the room', async () => {
    server.rooms = [
      makeRoom({ room_id: 1, last_comment_timestamp: '2026-01-05T09:00:00Z' }),
      makeRoom({ room_id: 2, last_comment_timestamp: '2026-01-05T09:00:00.500Z' }),
      makeRoom({ room_id: 3, last_comment_timestamp: '2026-01-05T09:00:00Z', last_comment_id: 7 }),
      makeRoom({ room_id: 10, last_comment_timestamp: '2026-01-05T09:00:00Z' }),
      makeRoom({ room_id: 9, last_comment_timestamp: '2026-01-05T09:00:00Z' }),
    ]

    expect(ids(await makeSyncedInbox())).toEqual([2, 3, 10, 9, 1])
  })
})

describe('an expired token', () => {
  test('makes it load the list again, and put it in the place of the copy', async () => {
    server.rooms = makeRooms(3)
    const inbox = await makeSyncedInbox()
    server.nextResponses = [errors.sync_expired]
    server.rooms = [...makeRooms(4).slice(1)]

    expect(await inbox.sync()).toEqual({ kind: 'synced' })

    expect(ids(inbox)).toEqual([4, 3, 2])
    expect(requests).toHaveLength(3)
  })

  test('makes it load the list with what changes while the pages are read', async () => {
    server.rooms = makeRooms(3)
    const inbox = await makeSyncedInbox()
    server.nextResponses = [errors.sync_expired]
    meanwhile.after = (path) => {
      if (path === '/chat/all?limit=100') server.rooms.pop()
    }

    await inbox.sync()

    expect(ids(inbox)).toEqual([2, 1])
  })

  test('of somebody else who signs in never leads to a mix of both lists', async () => {
    server.rooms = makeRooms(3)
    const storage = makeStorage()
    await makeSyncedInbox(storage)
    const seen = new Set<string>()
    server = createFakeServer([makeRoom({ room_id: 8 }), makeRoom({ room_id: 9 })])
    const inbox = createInbox({ client, storage })
    inbox.subscribe(() => seen.add(ids(inbox).join()))

    await inbox.sync()

    expect([...seen]).toEqual(['3,2,1', '9,8'])
  })

  test('of somebody else who signs in while the pages are read, too', async () => {
    server.rooms = makeRooms(150)
    const inbox = createInbox({ client })
    meanwhile.after = () => {
      meanwhile.after = nothing
      server = createFakeServer([makeRoom({ room_id: 8 })])
    }

    await inbox.sync()

    expect(ids(inbox)).toEqual([8])
  })

  test('of a list that is too long to compare ends with the pages', async () => {
    server.rooms = makeRooms(150)
    meanwhile.before = (path) => {
      if (path.includes('since')) server.nextResponses = [errors.sync_expired]
    }
    const inbox = createInbox({ client })

    expect(await inbox.sync()).toEqual({ kind: 'synced' })
    expect(ids(inbox)).toHaveLength(150)
    server.rooms.pop()
    requests = []
    expect(await inbox.sync()).toEqual({ kind: 'synced' })
    expect(ids(inbox)).toHaveLength(149)
    expect(requests).toHaveLength(4)
  })

  test('keeps the copy if the list cannot be loaded', async () => {
    server.rooms = makeRooms(3)
    const inbox = await makeSyncedInbox()
    server.nextResponses = [errors.sync_expired, errors.forbidden]

    expect(await inbox.sync()).toMatchObject({ code: 'forbidden' })
    expect(ids(inbox)).toEqual([3, 2, 1])
  })
})

describe('leaving a room', () => {
  beforeEach(() => {
    server.rooms = makeRooms(3)
  })

  test('hides it at once, before the API responds', async () => {
    const inbox = await makeSyncedInbox()

    const leave = inbox.leave(2)

    expect(ids(inbox)).toEqual([3, 1])
    expect(await leave).toEqual({ kind: 'left' })
    expect(ids(inbox)).toEqual([3, 1])
    await inbox.sync()
    expect(ids(inbox)).toEqual([3, 1])
  })

  test('shows it again if the API refuses', async () => {
    const inbox = await makeSyncedInbox()
    server.nextResponses = [errors.forbidden]

    expect(await inbox.leave(2)).toMatchObject({ kind: 'failure', code: 'forbidden' })
    expect(ids(inbox)).toEqual([3, 2, 1])
  })

  test.each<[string, 'after' | 'before']>([
    ['reads the room before the leave and responds after it', 'after'],
    ['responds while the leave is under way', 'before'],
  ])('hides it from a sync that %s', async (_, moment) => {
    const inbox = await makeSyncedInbox()
    server.rooms[1]!.unread_count = 1
    const seen = new Set<string>()
    inbox.subscribe(() => seen.add(ids(inbox).join()))
    const { promise: end, resolve: endLeave } = Promise.withResolvers<undefined>()
    let leave: Promise<unknown> = Promise.resolve()
    meanwhile.after = async (path) => {
      if (path.includes('since')) leave = inbox.leave(2)
      if (path.includes('since') && moment === 'after') await leave
      if (path.includes('leave') && moment === 'before') await end
    }

    await inbox.sync()
    endLeave(undefined)
    await leave

    expect([...seen]).toEqual(['3,1'])
    meanwhile.after = nothing
    await inbox.sync()
    expect([...seen]).toEqual(['3,1'])
  })

  test('shows it after the user was brought back into it', async () => {
    const inbox = await makeSyncedInbox()
    await inbox.leave(2)
    server.rooms.push(makeRoom({ room_id: 2 }))

    await inbox.sync()

    expect(ids(inbox)).toEqual([3, 2, 1])
  })

  test('is stored when the API has responded', async () => {
    const storage = makeStorage()
    const inbox = await makeSyncedInbox(storage)
    await inbox.leave(2)
    await untilStored()

    const restored = createInbox({ client, storage })
    await untilStored()
    expect(ids(restored)).toEqual([3, 1])
  })

  test('works before anything is loaded', async () => {
    const inbox = createInbox({ client })

    expect(await inbox.leave(2)).toEqual({ kind: 'left' })
    await inbox.sync()
    expect(ids(inbox)).toEqual([3, 1])
  })
})

describe('the badge', () => {
  test('counts what unread=true lists', async () => {
    server.rooms = [
      makeRoom({ room_id: 1, unread_count: 3 }),
      makeRoom({ room_id: 2, unread_count: 999 }),
      makeRoom({ room_id: 3, unread_count: 5, muted: true }),
      makeRoom({ room_id: 4, unread_count: 7, archived: true }),
      makeRoom({ room_id: 5, marked_unread: true }),
      makeRoom({ room_id: 6, marked_unread: true, muted: true }),
      makeRoom({ room_id: 7 }),
    ]
    const inbox = await makeSyncedInbox()

    const { badge } = inbox.getSnapshot()

    expect(badge).toEqual({ comments: 1002, rooms: 3 })
    expect(await client.listRooms({ unread: true })).toMatchObject({
      total: badge.rooms,
      unreadComments: badge.comments,
    })
  })

  test('does not count a room that the user leaves', async () => {
    server.rooms = [makeRoom({ room_id: 1, unread_count: 3 })]
    const inbox = await makeSyncedInbox()

    const leave = inbox.leave(1)

    expect(inbox.getSnapshot().badge).toEqual({ comments: 0, rooms: 0 })
    await leave
  })
})

describe('a snapshot', () => {
  test('keeps the objects of what did not change', async () => {
    server.rooms = makeRooms(3)
    const inbox = await makeSyncedInbox()
    const before = inbox.getSnapshot()
    server.rooms[0]!.last_comment_message = 'Ohayo'

    await inbox.sync()

    const after = inbox.getSnapshot()
    expect(after).not.toBe(before)
    expect(after.rooms[2]).not.toBe(before.rooms[2])
    expect(after.rooms[0]).toBe(before.rooms[0])
    expect(after.rooms[1]).toBe(before.rooms[1])
    expect(after.badge).toBe(before.badge)
    expect(before.rooms[2]!.last_comment_message).toBe('')
  })

  test('keeps the objects of rooms when the whole list is loaded again', async () => {
    server.rooms = makeRooms(3)
    const inbox = await makeSyncedInbox()
    const before = inbox.getSnapshot()
    server.nextResponses = [errors.sync_expired]

    await inbox.sync()

    expect(inbox.getSnapshot()).toBe(before)
  })

  test('is told to listeners after each change, until they end', async () => {
    server.rooms = makeRooms(3)
    const inbox = await makeSyncedInbox()
    const listener = jest.fn()
    const end = inbox.subscribe(listener)

    await inbox.sync()
    expect(listener).toHaveBeenCalledTimes(0)
    server.rooms.pop()
    await inbox.sync()
    expect(listener).toHaveBeenCalledTimes(1)
    end()
    server.rooms.pop()
    await inbox.sync()
    expect(listener).toHaveBeenCalledTimes(1)
  })
})

describe('the storage', () => {
  test('gives the list before the first request', async () => {
    server.rooms = makeRooms(3)
    const storage = makeStorage()
    const before = await makeSyncedInbox(storage)
    await untilStored()

    const inbox = createInbox({
      client,
      storage: { ...storage, load: () => Promise.resolve(storage.text) },
    })
    await new Promise<void>((resolve) => void inbox.subscribe(resolve))

    expect(requests).toEqual([])
    expect(inbox.getSnapshot()).toEqual(before.getSnapshot())
    server.rooms.pop()
    await inbox.sync()
    expect(requests).toHaveLength(1)
    expect(ids(inbox)).toEqual([2, 1])
  })

  test('gives the list when there is no connection', async () => {
    server.rooms = makeRooms(3)
    const storage = makeStorage()
    await makeSyncedInbox(storage)
    await untilStored()
    server.nextResponses = [errors.forbidden]

    const inbox = createInbox({ client, storage })
    const failure = await inbox.sync()

    expect(inbox.getSnapshot()).toMatchObject({ isLoaded: true, failure })
    expect(ids(inbox)).toEqual([3, 2, 1])
  })

  test('is read before the first sync, however long that takes', async () => {
    server.rooms = makeRooms(3)
    const storage = makeStorage()
    await makeSyncedInbox(storage)
    await untilStored()
    const load = async () => {
      await untilStored()
      return storage.text
    }

    await createInbox({ client, storage: { ...storage, load } }).sync()

    expect(requests).toHaveLength(1)
  })

  const stored = async (change: (value: Record<string, unknown>) => unknown): Promise<string> => {
    const storage = makeStorage()
    await makeSyncedInbox(storage)
    await untilStored()
    return JSON.stringify(change(JSON.parse(storage.text!) as Record<string, unknown>))
  }

  test.each<[string, () => Promise<string>]>([
    ['nothing', () => Promise.resolve('')],
    ['something else', () => Promise.resolve('{"theme":"dark"}')],
    ['null', () => Promise.resolve('null')],
    ['half a text', async () => (await stored((value) => value)).slice(0, 100)],
    ['the copy of another version', () => stored((value) => ({ ...value, version: '0.9.0' }))],
    ['a copy without a token', () => stored(({ version, rooms }) => ({ version, rooms }))],
    ['a copy without rooms', () => stored((value) => ({ ...value, rooms: undefined }))],
    ['a copy without what was left', () => stored((value) => ({ ...value, left: undefined }))],
    ['a copy with half a room', () => stored((value) => ({ ...value, rooms: [{ room_id: 1 }] }))],
    ['an error', () => Promise.reject(new Error('The storage is locked.'))],
  ])('that has %s makes the first sync load everything', async (_, load) => {
    server.rooms = makeRooms(3)
    const text = load()
    await text.catch(nothing)
    requests = []

    const inbox = createInbox({ client, storage: { ...makeStorage(), load: () => text } })
    await inbox.sync()

    expect(requests[0]).toBe('/chat/all?limit=100')
    expect(ids(inbox)).toEqual([3, 2, 1])
  })

  test('that cannot save does not hold up the list', async () => {
    server.rooms = makeRooms(3)
    const save = jest.fn<InboxStorage['save']>().mockImplementationOnce(() => {
      throw new Error('The storage is full.')
    })
    const inbox = createInbox({ client, storage: { load: nothing, save } })

    expect(await inbox.sync()).toEqual({ kind: 'synced' })
    expect(ids(inbox)).toEqual([3, 2, 1])
    await inbox.sync()
    await untilStored()
    expect(save).toHaveBeenCalledTimes(2)
  })

  test('saves one text after the other', async () => {
    const saved: string[] = []
    const { promise: first, resolve: endFirst } = Promise.withResolvers<undefined>()
    const save = jest
      .fn((text: string): void | Promise<void> => void saved.push(text))
      .mockImplementationOnce(async (text) => {
        await first
        saved.push(text)
      })
    const inbox = createInbox({ client, storage: { load: nothing, save } })
    await inbox.sync()
    server.rooms = makeRooms(1)
    await inbox.sync()
    await untilStored()
    expect(saved).toEqual([])

    endFirst(undefined)
    await untilStored()

    expect(saved.map((text) => (JSON.parse(text) as { rooms: unknown[] }).rooms.length)).toEqual([
      0, 1,
    ])
  })
})

describe('a closed inbox', () => {
  test('ends its requests, and calls and stores nothing any more', async () => {
    server.rooms = makeRooms(3)
    const storage = makeStorage()
    const inbox = createInbox({ client, storage })
    const listener = jest.fn()
    inbox.subscribe(listener)
    meanwhile.before = (path) => {
      if (path.includes('since')) inbox.close()
    }

    await inbox.sync()
    await untilStored()

    requests = []
    inbox.subscribe(listener)
    expect(await inbox.sync()).toMatchObject({ kind: 'failure', code: 'aborted' })
    expect(await inbox.leave(2)).toMatchObject({ kind: 'failure', code: 'aborted' })
    expect(requests).toEqual([])
    expect(listener).not.toHaveBeenCalled()
    expect(storage.text).toBeUndefined()
  })

  test('does not save what waits to be saved', async () => {
    const storage = makeStorage()
    const inbox = createInbox({ client, storage })

    await inbox.sync().then(inbox.close)
    storage.text = undefined
    await inbox.leave(2)
    await untilStored()

    expect(storage.text).toBeUndefined()
  })
})
