import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { handler as listAllChats } from '../../functions/list-all-chats.ts'
import { handler as listGroupChats } from '../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import { type Flag, flags } from '../../lib/domain/flags.ts'
import { roomTypes } from '../../lib/domain/room-type.ts'
import {
  errorOf,
  listAllRooms,
  metaOf,
  shownIds,
  type ShownRoom,
  shownRooms,
} from '../support/all-rooms.ts'
import { call } from '../support/api-call.ts'
import { noteCalls, unitsOf } from '../support/calls.ts'
import { at, posted } from '../support/events.ts'
import { throttled, withFault } from '../support/faults.ts'
import { listGranted } from '../support/granted-permissions.ts'
import { apply, createRoom, freshEmail, leave, useTable } from '../support/inbox.ts'
import { listNeeded } from '../support/needed-permissions.ts'
import { readPropertySettings } from '../support/property.ts'
import { quietErrors } from '../support/quiet-errors.ts'
import type { ApiResponse } from '../support/read-response.ts'
import { type SeededRoom, seedRooms } from '../support/seed.ts'

const { parameters, testLimitMs } = readPropertySettings(20)

useTable()
quietErrors()

type RandomRoom = Pick<SeededRoom, 'type'> & Partial<SeededRoom>

/** Rooms of one user: many have the same time, and each flag is set in some. */
const inbox: fc.Arbitrary<RandomRoom[]> = fc.array(
  fc.record({
    type: fc.constantFrom(...roomTypes),
    created_at: fc.nat(5).map(at),
    comments: fc.nat(3),
    read: fc.nat(3),
    flags: fc.subarray<Flag>([...flags]),
  }),
  { maxLength: 24 },
)

let firstRoom = 0

const seedInbox = async (email: string, rooms: RandomRoom[]): Promise<void> => {
  firstRoom += 100_000
  const people = { participants: [email, 'second@example.com'] }
  const seeded = rooms.map((room, index) => ({ ...people, ...room, room_id: firstRoom + index }))
  for (const type of roomTypes)
    await seedRooms(
      seeded.filter((room) => room.type === type),
      email,
    )
}

/** @returns the query string of the next page */
const findNext = ({ headers }: ApiResponse): string | undefined =>
  /^<\?(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1]

/** Requests all pages of a list, by its links. */
const follow = async (handler: unknown, email: string, first: string): Promise<ApiResponse[]> => {
  const pages: ApiResponse[] = []
  for (let query: string | undefined = first; query !== undefined;) {
    const page: ApiResponse = await call(handler, { email, query })
    pages.push(page)
    query = findNext(page)
  }
  return pages
}

/** Times are shown with milliseconds or without. */
const byListOrder = (a: ShownRoom, b: ShownRoom): number =>
  Date.parse(b.last_comment_timestamp) - Date.parse(a.last_comment_timestamp) ||
  b.last_comment_id - a.last_comment_id ||
  b.room_id - a.room_id

/** Each page has its own token, of another moment. */
const withoutToken = (page: ApiResponse) => {
  const { sync_token, ...meta } = metaOf(page)
  return { meta, rooms: shownRooms(page) }
}

interface Filter {
  unread?: boolean
  archived?: boolean
  pinned?: boolean
}

/** Expects these rooms on all pages of a list, and what each page says about the whole list. */
const expectPages = async (
  email: string,
  { rooms, filter, limit }: { rooms: unknown[]; filter: Filter; limit: number },
) => {
  const filters = Object.entries(filter).map(([name, value]) => `${name}=${value}`)
  const query = [...filters, `limit=${limit}`].join('&')
  const pages = await follow(listAllChats, email, query)
  expect(pages.flatMap(shownRooms)).toEqual(rooms)
  const unread = pages.flatMap(shownRooms).reduce((sum, room) => sum + room.unread_count, 0)
  for (const [index, page] of pages.entries()) {
    const cursor = new URLSearchParams(findNext(page)).get('cursor') ?? undefined
    expect(metaOf(page)).toEqual({
      current_page: index + 1,
      total_room: rooms.length,
      ...(cursor !== undefined && { next_cursor: cursor }),
      ...(filter.unread && { unread_comments: unread }),
      ...(filters.length === 0 && index === 0 && { sync_token: expect.any(String) }),
    })
    expect(page.headers['unread-comments']).toBe(filter.unread ? String(unread) : undefined)
    expect(findNext(page) ?? query).toMatch(query)

    const byNumber = await listAllRooms(email, `${query}&page=${index + 1}`)
    expect(withoutToken(byNumber)).toEqual(withoutToken(page))
  }
}

test.each([false, true])(
  'the list of all rooms is both lists in one order, with pages by cursor and by number (unread: %j)',
  async (unread) => {
    await fc.assert(
      fc.asyncProperty(inbox, fc.integer({ min: 1, max: 9 }), async (rooms, limit) => {
        const email = freshEmail()
        await seedInbox(email, rooms)
        const query = unread ? 'limit=100&unread=true' : 'limit=100'
        const lists = await Promise.all(
          [listPersonalChats, listGroupChats].map((handler) => call(handler, { email, query })),
        )
        const expected = lists.flatMap(shownRooms).sort(byListOrder)

        await expectPages(email, {
          rooms: expected.map((room) => expect.objectContaining(room)),
          filter: unread ? { unread } : {},
          limit,
        })
      }),
      parameters,
    )
  },
  testLimitMs,
)

const isSelected = (room: ShownRoom, { unread, archived, pinned }: Filter): boolean =>
  (archived === undefined || room.archived === archived) &&
  (pinned === undefined || room.pinned === pinned) &&
  (!unread || ((room.unread_count > 0 || room.marked_unread) && !room.muted && !room.archived))

test(
  'filters select rooms of the list of all rooms, alone and together, on all of its pages',
  async () => {
    const filters: fc.Arbitrary<Filter> = fc
      .record(
        { unread: fc.constant(true), archived: fc.boolean(), pinned: fc.boolean() },
        { requiredKeys: [] },
      )
      .filter((filter) => Object.keys(filter).length > 0)
    await fc.assert(
      fc.asyncProperty(
        inbox,
        filters,
        fc.integer({ min: 1, max: 9 }),
        async (rooms, filter, limit) => {
          const email = freshEmail()
          await seedInbox(email, rooms)
          const whole = shownRooms(await listAllRooms(email, 'limit=100'))

          const selected = whole.filter((room) => isSelected(room, filter))
          await expectPages(email, { rooms: selected, filter, limit })
        },
      ),
      parameters,
    )
  },
  testLimitMs,
)

test('unread=false is the list without a filter', async () => {
  const email = freshEmail()
  await seedInbox(email, [{ type: 'single' }, { type: 'group', read: 1 }])

  const response = await listAllRooms(email, 'unread=false')

  expect(withoutToken(response)).toEqual(withoutToken(await listAllRooms(email)))
  expect(metaOf(response).sync_token).toBeDefined()
})

test('a room that the caller has just left is in none of the lists, and does not count', async () => {
  const me = freshEmail()
  const personal = await createRoom('single', { me })
  const group = await createRoom('group', { me })
  await apply(
    posted(personal.roomId, 1, personal.other, at(1)),
    posted(group.roomId, 1, group.other, at(1)),
  )

  await leave(me, personal.roomId)

  for (const query of ['', 'unread=true', 'archived=false', 'pinned=false']) {
    const response = await listAllRooms(me, query)
    expect(shownIds(response)).toEqual([group.roomId])
    expect(metaOf(response).total_room).toBe(1)
  }
})

describe('an invalid query string', () => {
  const email = freshEmail()
  beforeAll(() => seedInbox(email, [{ type: 'single' }, { type: 'single' }, { type: 'group' }]))

  test.each([
    ['unread', 'yes', 'only rooms with unread comments', 'all rooms'],
    ['archived', 'yes', 'only archived rooms', 'only the others'],
    ['archived', 'true,false', 'only archived rooms', 'only the others'],
    ['pinned', 'maybe', 'only pinned rooms', 'only the others'],
    ['pinned', '', 'only pinned rooms', 'only the others'],
  ])('with %s=%s gets a message that says what to send', async (name, value, ifTrue, ifFalse) => {
    const { status, body } = await listAllRooms(email, `${name}=${value}`)

    expect(status).toBe(400)
    expect(body.data).toEqual({
      code: `invalid_${name}`,
      message: `${name} is "${value}": send it once, as true (${ifTrue}) or false (${ifFalse})`,
      status: 400,
    })
  })

  test.each([
    ['page=0', 'invalid_page'],
    ['page=21&limit=100', 'invalid_page'],
    ['pinned=true&page=2000&limit=2', 'invalid_page'],
    ['limit=101', 'invalid_limit'],
    ['cursor=x', 'invalid_cursor'],
    ['archived=true&archived=true', 'invalid_archived'],
  ])('with %s is refused as %s', async (query, code) => {
    expect(errorOf(await listAllRooms(email, query))).toEqual([400, code])
  })

  test.each([
    ['of another list', listPersonalChats, 'limit=1', ''],
    ['without the filter of its list', listAllChats, 'archived=false&limit=1', ''],
    ['with another value', listAllChats, 'archived=false&limit=1', 'archived=true&'],
    ['with another filter', listAllChats, 'archived=false&limit=1', 'pinned=false&'],
    ['with one more filter', listAllChats, 'limit=1', 'archived=false&'],
  ])('with a cursor %s is refused as invalid_cursor', async (_, handler, query, filter) => {
    const cursor = new URLSearchParams(findNext(await call(handler, { email, query }))).get(
      'cursor',
    )!

    const response = await listAllRooms(email, `${filter}cursor=${cursor}`)

    expect(errorOf(response)).toEqual([400, 'invalid_cursor'])
  })
})

describe.each([10, 100, 1000, 5000])('of %d rooms of each type', (count) => {
  const email = freshEmail(`user-${count}`)
  beforeAll(() =>
    seedInbox(
      email,
      Array.from({ length: 2 * count }, (_, index) => ({ type: roomTypes[index % 2]! })),
    ),
  )

  test('the first page of 20 is two consistent Queries of at most 5 read units', async () => {
    const calls = await noteCalls(() => listAllRooms(email))

    expect(calls.map(({ command }) => command)).toEqual(['Query', 'Query'])
    expect(calls.every(({ input }) => input['ConsistentRead'])).toBe(true)
    expect(unitsOf(calls).read).toBeLessThanOrEqual(5)
  })

  test('a page of 20 behind a cursor, at any depth, takes at most 7 read units', async () => {
    const pages = await follow(listAllChats, email, `limit=${Math.min(100, count)}`)

    for (const page of [pages[0]!, pages.at(-2)!]) {
      const query = `cursor=${metaOf(page).next_cursor}`
      const calls = await noteCalls(() => listAllRooms(email, query))

      expect(calls.map(({ command }) => command).sort()).toEqual([
        'GetItem',
        'GetItem',
        'Query',
        'Query',
      ])
      expect(calls.every(({ input }) => input['ConsistentRead'])).toBe(true)
      expect(unitsOf(calls).read).toBeLessThanOrEqual(7)
    }
  })
})

test('if DynamoDB throttles, each kind of request is a 503', async () => {
  const email = freshEmail()
  const { sync_token } = metaOf(await listAllRooms(email))

  for (const query of ['', 'pinned=true', `since=${sync_token}`, 'room_id=1']) {
    const response = await withFault(
      ({ command }) => (/Query|Get/.test(command) ? throttled() : undefined),
      () => call(listAllChats, { email, query, timeLeftMs: 2300 }),
    )

    expect(errorOf(response)).toEqual([503, 'unavailable'])
    expect(response.headers['retry-after']).toBe('1')
  }
})

test('all calls of these tests together need exactly what the role of list-all-chats grants', () => {
  expect(listNeeded(listAllChats)).toEqual(listGranted('list-all-chats'))
})
