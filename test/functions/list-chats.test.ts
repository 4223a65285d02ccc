import { beforeAll, describe, expect, test } from '@jest/globals'
import { handler as listGroupChats } from '../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import { store } from '../../lib/deps.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { rowKey } from '../../lib/store/keys.ts'
import { call } from '../support/api-call.ts'
import type { ApiResponse } from '../support/read-response.ts'
import { noteCalls } from '../support/calls.ts'
import { at, posted } from '../support/events.ts'
import { failFirst, throttled, timedOut, unreachable, withFault } from '../support/faults.ts'
import { listGranted } from '../support/granted-permissions.ts'
import { apply, readItem, useTable } from '../support/inbox.ts'
import { listNeeded } from '../support/needed-permissions.ts'
import { type Item, putItems } from '../support/put-items.ts'
import { quietErrors } from '../support/quiet-errors.ts'
import { message, seedRooms } from '../support/seed.ts'

useTable()
const log = quietErrors()

interface Room {
  room_id: number
  last_comment_id: number
  last_comment_timestamp: string
}

const readRooms = (body: any): Room[] => body.data.results.rooms_info
/** @returns the query string of the next page */
const findNext = (headers: Record<string, string>): string | undefined =>
  /^<\?(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1]

/** Newest first, then by comment id, then by room id. */
const compareRooms = (a: Room, b: Room): number =>
  a.last_comment_timestamp !== b.last_comment_timestamp
    ? a.last_comment_timestamp < b.last_comment_timestamp
      ? 1
      : -1
    : b.last_comment_id - a.last_comment_id || b.room_id - a.room_id

describe('a listing of 347 rooms, many with the same time', () => {
  const email = 'walker@example.com'
  const count = 347
  beforeAll(() =>
    seedRooms(
      Array.from({ length: count }, (_, index) => ({
        room_id: index + 1,
        type: 'single' as const,
        participants: [email, `other-${index}@example.com`],
        comments: index % 3,
        created_at: at(Math.floor(index / 7)),
      })),
    ),
  )

  const expectWhole = (rooms: Room[]) => {
    expect(new Set(rooms.map(({ room_id }) => room_id)).size).toBe(count)
    expect(rooms).toHaveLength(count)
    expect(rooms).toEqual([...rooms].sort(compareRooms))
  }

  test('read by page number shows each room once and in order, and ends without a Link', async () => {
    const rooms: Room[] = []
    for (let page = 1; page <= 18; page += 1) {
      const { body, headers } = await call(listPersonalChats, { email, query: `page=${page}` })
      expect(body.data.results.meta).toEqual({ current_page: page, total_room: count })
      expect(findNext(headers) !== undefined).toBe(page < 18)
      rooms.push(...readRooms(body))
    }

    expectWhole(rooms)
  })

  test('read by Link shows each room once and in order, and ends without a Link', async () => {
    const rooms: Room[] = []
    let query: string | undefined = 'limit=13'
    for (let page = 1; query !== undefined; page += 1) {
      const { body, headers } = await call(listPersonalChats, { email, query })
      expect(body.data.results.meta).toEqual({ current_page: page, total_room: count })
      rooms.push(...readRooms(body))
      query = findNext(headers)
    }

    expectWhole(rooms)
  })

  test('has a Link that is relative to the URL of the request', async () => {
    const url = 'https://chat.example.com/v1/chat/personal?page=1&limit=5'

    const { headers } = await call(listPersonalChats, { email, query: 'page=1&limit=5' })

    const [link = ''] = /(?<=^<).+(?=>; rel="next"$)/.exec(headers['link']!) ?? []
    const next = new URL(link, url)
    expect(next.origin + next.pathname).toBe('https://chat.example.com/v1/chat/personal')
    expect([...next.searchParams.keys()]).toEqual(['limit', 'cursor'])
    expect(next.searchParams.get('limit')).toBe('5')
  })

  test('has no rooms and the same total on a page after the last one', async () => {
    const { status, body, headers } = await call(listPersonalChats, { email, query: 'page=19' })

    expect(status).toBe(200)
    expect(body.data.results).toEqual({
      meta: { current_page: 19, total_room: count },
      rooms_info: [],
    })
    expect(headers['link']).toBeUndefined()
  })

  test('has no Link on a full last page, by page number and by cursor', async () => {
    const only = await call(listPersonalChats, { email: 'other-5@example.com', query: 'limit=1' })
    const first = await call(listPersonalChats, { email, query: 'limit=47' })
    const rest = findNext(first.headers)!.replace('limit=47', 'limit=100')
    const second = await call(listPersonalChats, { email, query: rest })
    const third = await call(listPersonalChats, { email, query: findNext(second.headers)! })
    const fourth = await call(listPersonalChats, { email, query: findNext(third.headers)! })

    expect(only.headers['link']).toBeUndefined()
    expect(findNext(third.headers)).toBeDefined()
    expect(readRooms(fourth.body)).toHaveLength(100)
    expect(fourth.headers['link']).toBeUndefined()
  })

  test('accepts the cursor of another user as a mere place', async () => {
    const { headers } = await call(listPersonalChats, { email, query: 'limit=100' })

    const { status, body } = await call(listPersonalChats, {
      email: 'other-3@example.com',
      query: findNext(headers)!,
    })

    expect(status).toBe(200)
    expect(readRooms(body).map(({ room_id }) => room_id)).toEqual([4])
  })
})

describe('the calls of a page', () => {
  const emails = { 10: 'ten@example.com', 2000: 'many@example.com' }
  const firstRoom = 100_000
  beforeAll(async () => {
    for (const type of ['single', 'group'] as const)
      for (const [index, [count, email]] of Object.entries(emails).entries())
        await seedRooms(
          Array.from({ length: Number(count) }, (_, room) => ({
            room_id: firstRoom * (index + (type === 'single' ? 1 : 3)) + room,
            type,
            participants: [email, 'second@example.com'],
          })),
          email,
        )
  })

  test.each([
    { title: '20 personal rooms', handler: listPersonalChats, units: 3, bytes: 13_000 },
    { title: '20 group rooms', handler: listGroupChats, units: 2, bytes: 8000 },
  ])(
    'of $title are one consistent Query of at most $units read units and $bytes bytes, with 10 rooms and with 2,000',
    async ({ handler, units, bytes }) => {
      for (const email of Object.values(emails)) {
        const calls = await noteCalls(() => call(handler, { email }))

        expect(calls.map(({ command }) => command)).toEqual(['Query'])
        expect(calls[0]!.input['ConsistentRead']).toBe(true)
        expect(capacity(calls)).toBeLessThanOrEqual(units)
        expect(JSON.stringify(calls[0]!.output['Items']).length).toBeLessThanOrEqual(bytes)
      }
    },
  )

  test.each([
    { title: 'personal', handler: listPersonalChats, units: 4 },
    { title: 'group', handler: listGroupChats, units: 3 },
  ])(
    'a page of $title rooms by cursor makes one consistent Query and one consistent GetItem, at any depth',
    async ({ handler, units }) => {
      const email = emails[2000]
      let query: string | undefined = 'limit=100'
      for (let page = 1; page < 19; page += 1)
        query = findNext((await call(handler, { email, query: query! })).headers)

      const calls = await noteCalls(() =>
        call(handler, { email, query: query!.replace('limit=100', 'limit=20') }),
      )

      expect(calls.map(({ command }) => command).sort()).toEqual(['GetItem', 'Query'])
      expect(calls.map(({ input }) => input['ConsistentRead'])).toEqual([true, true])
      expect(capacity(calls)).toBeLessThanOrEqual(units)
    },
  )

  test('continue where a Query stops at 1 MB', async () => {
    const long = 'a'.repeat(240)
    const [email, other] = [`${long}@example.com`, `${long}@example.org`] as const
    const rooms = Array.from({ length: 1000 }, (_, room) => ({
      room_id: 9 * firstRoom + room,
      type: 'single' as const,
      participants: [email, other],
    }))
    await seedRooms(rooms, email)
    const query = 'page=10&limit=100'

    const calls = await noteCalls(async () => {
      const { body } = await call(listPersonalChats, { email, query })
      expect(body.data.results.meta).toEqual({ current_page: 10, total_room: 1000 })
      expect(readRooms(body)).toHaveLength(100)
    })

    expect(calls.map(({ command }) => command)).toEqual(['Query', 'Query'])
  })
})

const capacity = (calls: { output: any }[]): number =>
  calls.reduce((sum, { output }) => sum + Number(output.ConsumedCapacity.CapacityUnits), 0)

describe('an invalid query string', () => {
  const notNumbers = ['0', '-1', '1.5', '1e3', '0x10', '%2B1', '', '%20', '9'.repeat(30), 'x']

  test.each(notNumbers)('page=%s is refused as invalid_page', async (value) => {
    const { status, body } = await call(listPersonalChats, { query: `page=${value}` })

    expect(status).toBe(400)
    expect(body).toEqual({
      error: true,
      data: { code: 'invalid_page', message: expect.any(String), status: 400 },
    })
  })

  test.each([...notNumbers, '101'])('limit=%s is refused as invalid_limit', async (value) => {
    const { status, body } = await call(listGroupChats, { query: `limit=${value}` })

    expect(status).toBe(400)
    expect(body.data.code).toBe('invalid_limit')
  })

  test('gets a message that names the value and what to send', async () => {
    const { body } = await call(listPersonalChats, { query: 'limit=1e3' })

    expect(body.data.message).toBe(
      'limit is "1e3": send one whole number from 1 to 100, in plain digits',
    )
  })

  test('names the last page that a number reaches', async () => {
    const { body } = await call(listPersonalChats, { query: 'page=5000&limit=1' })

    expect(body.data).toMatchObject({
      code: 'invalid_page',
      message: 'page is "5000": send one whole number from 1 to 2000, in plain digits',
    })
  })

  test.each(['page=1&page=2', 'page=1&page=1'])(
    '%s is refused, since it gives the page twice',
    async (query) => {
      const { body } = await call(listPersonalChats, { query })

      expect(body.data.code).toBe('invalid_page')
    },
  )

  test.each(['page=101', 'page=21&limit=100', 'page=2000&limit=2'])(
    '%s is beyond what page numbers reach, and the message points to the cursor',
    async (query) => {
      const { body } = await call(listPersonalChats, { query })

      expect(body.data.code).toBe('invalid_page')
      expect(body.data.message).toMatch(/cursor in the Link header/)
    },
  )

  test.each([
    ['malformed', 'cursor=x'],
    ['empty', 'cursor='],
    ['longer than 1 KB', `cursor=${'A'.repeat(2000)}`],
    ['sent together with a page', 'cursor=WzEsInNpbmdsZSIsMl0&page=1'],
    ['given twice', 'cursor=abc&cursor=abc'],
  ])('with a cursor that is %s is refused as invalid_cursor', async (_, query) => {
    const { status, body } = await call(listPersonalChats, { query })

    expect(status).toBe(400)
    expect(body.data.code).toBe('invalid_cursor')
  })
})

test('a token without an e-mail address gets 403 forbidden', async () => {
  const { status, body } = await call(listPersonalChats, { claims: {} })

  expect(status).toBe(403)
  expect(body.data.code).toBe('forbidden')
})

describe('when DynamoDB', () => {
  test.each([
    ['throttles', throttled],
    ['times out', timedOut],
    ['is unreachable', unreachable],
  ])('%s, the response is 503 unavailable with Retry-After', async (_, error) => {
    const { status, headers, body } = await withFault(failFirst(Infinity, 'Query', error), () =>
      call(listPersonalChats),
    )

    expect(status).toBe(503)
    expect(headers['retry-after']).toBe('1')
    expect(body.data.code).toBe('unavailable')
  })

  test('does not respond, the response is 503 before the function times out', async () => {
    const start = Date.now()
    const { status } = await withFault(
      () => undefined,
      () => call(listPersonalChats, { timeLeftMs: 2100 }),
      'never',
    )

    expect(status).toBe(503)
    expect(Date.now() - start).toBeLessThan(1000)
  })

  test('throttles once, the response is 200', async () => {
    const { status } = await withFault(failFirst(1, 'Query', throttled), () =>
      call(listPersonalChats),
    )

    expect(status).toBe(200)
  })

  test('fails with an unknown error, the response is 500 internal without the cause', async () => {
    const { status, text, body } = await withFault(
      failFirst(1, 'Query', () => new Error('secret detail')),
      () => call(listPersonalChats),
    )

    expect(status).toBe(500)
    expect(body.data.code).toBe('internal')
    expect(text).not.toMatch(/secret/)
    expect(log.mock.calls.join()).toMatch(/secret detail/)
  })
})

describe('a row that cannot be read', () => {
  const roomIds = { single: 9001, group: 9002 }
  const emails = ['unread@example.com', 'second@example.com'] as const
  const handlers = { single: listPersonalChats, group: listGroupChats }

  const listWithRow = async (type: RoomType, change: (row: Item) => Item) => {
    const room_id = roomIds[type]
    await seedRooms([{ room_id, type, participants: [...emails] }])
    const row = await readItem(rowKey(emails[0], room_id))
    await putItems(store, [change(row!)])
    return call(handlers[type], { email: emails[0] })
  }
  const expectUnreadable = (roomId: number, { status, text, body }: ApiResponse) => {
    expect(status).toBe(500)
    expect(body.data.code).toBe('internal')
    expect(text).not.toMatch(/row|attribute/)
    const lines = log.mock.calls.join()
    expect(lines).toMatch(`the row of room ${roomId} cannot be read`)
    expect(lines).not.toMatch(/example\.com|A message/)
  }

  test.each([
    [
      'has an attribute for each field',
      (row: Item) => ({ ...row, shown: undefined, room_name: 'x' }),
    ],
    ['has no unread count', ({ unread_count, ...row }: Item) => row],
    ['has broken JSON', (row: Item) => ({ ...row, shown: String(row['shown']).slice(0, -1) })],
  ])('since it %s gets 500, and the log says which room', async (_, change) => {
    expectUnreadable(roomIds.single, await listWithRow('single', change))
    log.mockClear()
    expectUnreadable(roomIds.group, await listWithRow('group', change))
  })

  test.each(['single', 'group'] as const)(
    'is written anew when the last comment is sent again (%s)',
    async (type) => {
      const [email, author] = emails
      const room_id = roomIds[type]
      await listWithRow(type, (row) => ({ ...row, shown: undefined }))

      await apply(posted(room_id, 1, author, at(room_id + 1), message))

      const { body } = await call(handlers[type], { email })
      expect(readRooms(body)).toMatchObject([{ room_id, last_comment_message: message }])
    },
  )
})

test.each([
  ['list-personal-chats', listPersonalChats],
  ['list-group-chats', listGroupChats],
])('all calls of these tests together need exactly what the role of %s grants', (name, handler) => {
  expect(listNeeded(handler)).toEqual(listGranted(name))
})
