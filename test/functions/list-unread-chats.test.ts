import { beforeAll, describe, expect, test } from '@jest/globals'
import { handler as listGroupChats } from '../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { call } from '../support/api-call.ts'
import { noteCalls, unitsOf } from '../support/calls.ts'
import { at, muted, posted, read } from '../support/events.ts'
import { listGranted } from '../support/granted-permissions.ts'
import { apply, createRoom, freshEmail, leave, useTable } from '../support/inbox.ts'
import type { ApiResponse } from '../support/read-response.ts'
import { listNeeded } from '../support/needed-permissions.ts'
import { type SeededRoom, seedRooms } from '../support/seed.ts'

useTable()

const handlers = { single: listPersonalChats, group: listGroupChats }
const types = ['single', 'group'] as const

interface Room {
  room_id: number
  unread_count: number
}

const readRooms = ({ body }: ApiResponse): Room[] => body.data.results.rooms_info
/** @returns the query string of the next page */
const findNext = ({ headers }: ApiResponse): string | undefined =>
  /^<\?(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1]

let firstRoom = 0

/** Seeds rooms of one user, each with one unread comment unless it says otherwise. */
const seedRoomsOf = async (
  email: string,
  type: RoomType,
  rooms: Partial<SeededRoom>[],
): Promise<void> => {
  firstRoom += 100_000
  const seeded = rooms.map((room, index) => ({
    room_id: firstRoom + index,
    type,
    participants: [email, 'second@example.com'],
    ...room,
  }))
  await seedRooms(seeded, email)
}

describe.each(types)('the unread rooms of a %s listing of 120 rooms', (type) => {
  const email = `${type}-reader@example.com`
  const handler = handlers[type]
  const isMuted = (index: number): boolean => index % 4 === 0
  let ordinary: Room[]
  let expected: Room[]
  let sum: number
  beforeAll(async () => {
    await seedRoomsOf(
      email,
      type,
      Array.from({ length: 120 }, (_, index) => ({
        comments: index === 7 ? 1200 : 5,
        read: index === 7 ? 0 : index % 6,
        flags: isMuted(index) ? ['muted'] : [],
        created_at: at(Math.floor(index / 7)),
      })),
    )
    const pages = [1, 2].map((page) => call(handler, { email, query: `limit=100&page=${page}` }))
    ordinary = (await Promise.all(pages)).flatMap(readRooms)
    expected = ordinary.filter(
      (room) => room.unread_count > 0 && !isMuted(room.room_id - firstRoom),
    )
    sum = expected.reduce((total, room) => total + room.unread_count, 0)
  })

  const expectSums = (response: ApiResponse, page: number) => {
    expect(response.body.data.results.meta).toEqual({
      current_page: page,
      total_room: expected.length,
    })
    expect(response.headers['unread-comments']).toBe(String(sum))
  }

  test('are those of the ordinary list with unread comments that are not muted, up to 999 each', () => {
    expect(ordinary).toHaveLength(120)
    expect(expected).toHaveLength(70)
    expect(Math.max(...expected.map(({ unread_count }) => unread_count))).toBe(999)
  })

  test('have their number and the sum of their unread counts on every page by number', async () => {
    const rooms: Room[] = []
    for (let page = 1; page <= 10; page += 1) {
      const response = await call(handler, { email, query: `unread=true&limit=7&page=${page}` })
      expectSums(response, page)
      expect(findNext(response) !== undefined).toBe(page < 10)
      rooms.push(...readRooms(response))
    }

    expect(rooms).toEqual(expected)
  })

  test('have the same on every page by Link, which keeps unread=true and the limit', async () => {
    const rooms: Room[] = []
    let query: string | undefined = 'limit=15&unread=true'
    for (let page = 1; query !== undefined; page += 1) {
      expect(new URLSearchParams(query).get('unread')).toBe('true')
      expect(new URLSearchParams(query).get('limit')).toBe('15')
      const response = await call(handler, { email, query })
      expectSums(response, page)
      rooms.push(...readRooms(response))
      query = findNext(response)
    }

    expect(rooms).toEqual(expected)
  })

  test('are none on a page after the last one', async () => {
    const response = await call(handler, { email, query: 'unread=true&page=5' })

    expectSums(response, 5)
    expect(readRooms(response)).toEqual([])
    expect(findNext(response)).toBeUndefined()
  })

  test('are all rooms with unread=false, as without it', async () => {
    const plain = await call(handler, { email })

    const response = await call(handler, { email, query: 'unread=false' })

    expect(response).toEqual(plain)
    expect(plain.headers).not.toHaveProperty('unread-comments')
  })

  test('have cursors that the ordinary list refuses, and the other way round', async () => {
    const unread = findNext(await call(handler, { email, query: 'unread=true' }))!
    const plain = findNext(await call(handler, { email }))!

    for (const query of [unread.replace('unread=true&', ''), `unread=true&${plain}`]) {
      const { status, body } = await call(handler, { email, query })

      expect(status).toBe(400)
      expect(body.data.code).toBe('invalid_cursor')
    }
  })
})

describe('the header Unread-Comments', () => {
  const badge = (email: string, headers = {}) =>
    call(listPersonalChats, { email, query: 'unread=true&limit=1', headers })

  test('follows comments, reads, mutes and leaves at once', async () => {
    const me = freshEmail()
    const rooms = await Promise.all([1, 2, 3].map(() => createRoom('single', { me })))
    const [first, second, third] = rooms as [Created, Created, Created]
    const counts: (string | undefined)[] = []
    const note = async () => counts.push((await badge(me)).headers['unread-comments'])

    for (const { roomId, other } of rooms)
      await apply(posted(roomId, 1, other, at(1)), posted(roomId, 2, other, at(2)))
    await note()
    await apply(read(first.roomId, 1, me, at(3)))
    await note()
    await apply(muted(second.roomId, me, at(4)))
    await note()
    await leave(me, third.roomId)
    await note()
    await apply(muted(second.roomId, me, at(5), false))
    await note()

    expect(counts).toEqual(['6', '5', '3', '1', '3'])
  })

  test('is part of the ETag: another sum with the same body is no 304', async () => {
    const me = freshEmail()
    const older = await createRoom('single', { me })
    const newer = await createRoom('single', { me })
    await apply(
      posted(older.roomId, 1, older.other, at(1)),
      posted(older.roomId, 2, older.other, at(2)),
      posted(newer.roomId, 1, newer.other, at(3)),
    )
    const first = await badge(me)
    const known = { 'if-none-match': first.headers['etag']! }

    const unchanged = await badge(me, known)
    await apply(read(older.roomId, 1, me, at(4)))
    const changed = await badge(me, known)

    expect(unchanged).toMatchObject({ status: 304, headers: { 'unread-comments': '3' } })
    expect(changed).toMatchObject({ status: 200, headers: { 'unread-comments': '2' } })
    expect(changed.text).toBe(first.text)
    expect(changed.headers['link']).toBe(first.headers['link'])
  })
})

type Created = Awaited<ReturnType<typeof createRoom>>

test.each(['yes', 'TRUE', '1', '', 'true,true'])(
  'unread=%s is refused with a message that names the value and what to send',
  async (value) => {
    for (const handler of Object.values(handlers)) {
      const { status, body } = await call(handler, { query: `unread=${value}` })

      expect(status).toBe(400)
      expect(body.data).toEqual({
        code: 'invalid_unread',
        message: `unread is "${value}": send it once, as true (only rooms with unread comments) or false (all rooms)`,
        status: 400,
      })
    }
  },
)

describe('what a list of unread rooms reads', () => {
  test.each([
    { type: 'single', rooms: 10, units: 2 },
    { type: 'single', rooms: 100, units: 13 },
    { type: 'single', rooms: 2000, units: 243 },
    { type: 'group', rooms: 10, units: 1 },
    { type: 'group', rooms: 100, units: 9 },
    { type: 'group', rooms: 2000, units: 166 },
  ] as const)(
    'of $rooms $type rooms costs $units read units, whatever the page',
    async ({ type, rooms, units }) => {
      const email = freshEmail(`user-${rooms}`)
      await seedRoomsOf(email, type, new Array(rooms).fill({}))
      const pages = ['unread=true&limit=1']
      pages.push(findNext(await call(handlers[type], { email, query: pages[0]! }))!)

      for (const query of pages) {
        const calls = await noteCalls(() => call(handlers[type], { email, query }))

        expect(new Set(calls.map(({ command }) => command))).toEqual(new Set(['Query']))
        expect(calls.every(({ input }) => input['ConsistentRead'])).toBe(true)
        expect(unitsOf(calls).read).toBe(units)
      }
    },
  )

  test('is the newest 2,000 rooms', async () => {
    const email = freshEmail()
    await seedRoomsOf(email, 'group', new Array(2001).fill({}))

    const response = await call(listGroupChats, { email, query: 'unread=true&page=20&limit=100' })

    expect(response.body.data.results.meta).toEqual({ current_page: 20, total_room: 2000 })
    expect(response.headers['unread-comments']).toBe('2000')
    expect(readRooms(response)).toHaveLength(100)
    expect(readRooms(response).at(-1)!.room_id).toBe(firstRoom + 1)
    expect(findNext(response)).toBeUndefined()
  })

  test('continues where a Query stops at 1 MB', async () => {
    const email = `${'a'.repeat(240)}@example.com`
    await seedRoomsOf(email, 'single', new Array(1500).fill({}))

    const calls = await noteCalls(async () => {
      const response = await call(listPersonalChats, {
        email,
        query: 'unread=true&page=15&limit=100',
      })
      expect(response.body.data.results.meta).toEqual({ current_page: 15, total_room: 1500 })
      expect(readRooms(response).at(-1)!.room_id).toBe(firstRoom)
    })

    expect(calls.map(({ command }) => command)).toEqual(['Query', 'Query'])
  })
})

test.each([
  ['list-personal-chats', listPersonalChats],
  ['list-group-chats', listGroupChats],
])('the calls of these tests need nothing that the role of %s does not grant', (name, handler) => {
  expect(listGranted(name)).toEqual(expect.arrayContaining(listNeeded(handler)))
})
