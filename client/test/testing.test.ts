import { beforeEach, describe, expect, test } from '@jest/globals'
import { apiOperations, type OperationId } from '../../test/support/api-document.ts'
import { expectDocumented } from '../../test/support/documented.ts'
import { type Client, createClient, type Page } from '../src/index.ts'
import {
  abandonedChat,
  busyRoom,
  createFakeServer,
  emptyList,
  errors,
  type FakeServer,
  type Fixture,
  gatewayErrors,
  lastPage,
  left,
  makeListing,
  makeRoom,
  unchanged,
} from '../testing/index.ts'

const listing: OperationId = 'listAllChats'
const leaving: OperationId = 'leaveChat'

describe('fixtures', () => {
  const ofLeaving = ['invalid_body', 'room_not_found']

  test.each<[string, OperationId, Fixture]>([
    ['an empty list', listing, emptyList],
    ['an abandoned chat', listing, makeListing([abandonedChat])],
    ['999 unread comments', listing, makeListing([busyRoom])],
    ['the last page', listing, lastPage],
    ['an unchanged page', listing, unchanged],
    ['a leave', leaving, left],
    ...Object.entries(errors).map(([code, fixture]): [string, OperationId, Fixture] => [
      code,
      ofLeaving.includes(code) ? leaving : listing,
      fixture,
    ]),
    ...Object.entries(gatewayErrors).map(([name, fixture]): [string, OperationId, Fixture] => [
      `${name} of API Gateway`,
      listing,
      fixture,
    ]),
  ])('for %s are responses of the API', (_, operation, { status, headers, body }) => {
    expect(() => {
      expectDocumented(operation, { status, headers, body })
    }).not.toThrow()
  })

  test('have the error of each code as the API document has it', () => {
    const documented = [listing, leaving].flatMap((id) =>
      Object.entries(apiOperations.get(id)!.responses).flatMap(([status, { content }]) =>
        Object.entries(content?.['application/json'].examples ?? {})
          .filter(([name]) => name in errors)
          .map(([name, { value }]) => ({ name, status: Number(status), body: value })),
      ),
    )
    const names = new Set(documented.map(({ name }) => name))

    expect(new Set(Object.keys(errors))).toEqual(names)
    for (const [name, { status, body }] of Object.entries(errors))
      expect(documented).toContainEqual({ name, status, body })
  })
})

describe('the fake server', () => {
  const rooms = [1, 2, 3, 4, 5].map((room_id) => makeRoom({ room_id }))
  let server: FakeServer
  let client: Client
  /** What the server sent. */
  let responses: Response[]

  beforeEach(() => {
    responses = []
    server = createFakeServer([...rooms])
    client = createClient({
      baseUrl: 'https://fake.example.com',
      getToken: () => 'token',
      fetch: async (...parameters) => {
        const response = await server.fetch(...parameters)
        responses.push(response.clone())
        return response
      },
    })
  })

  const readPage = async (query?: Parameters<Client['listRooms']>[0]): Promise<Page> => {
    const page = await client.listRooms(query)
    if (page.kind !== 'page') throw new Error(page.kind)
    return page
  }
  const ids = (list: { room_id: number }[]) => list.map(({ room_id }) => room_id)

  test('has pages in the order of the API, by number and by cursor', async () => {
    server.rooms.push(makeRoom({ room_id: 9, last_comment_timestamp: '2026-01-04T09:00:00.5Z' }))
    const first = await readPage({ limit: 4 })

    expect(ids(first.rooms)).toEqual([5, 4, 3, 2])
    expect(first).toMatchObject({ total: 6, syncToken: expect.any(String) })
    const second = await readPage({ limit: 4, cursor: first.nextCursor })
    expect(ids(second.rooms)).toEqual([1, 9])
    expect(second).toMatchObject({ total: 6, nextCursor: undefined, syncToken: undefined })
    expect(ids((await readPage({ limit: 4, page: 2 })).rooms)).toEqual([1, 9])
  })

  test('keeps the place of a cursor when a room moves', async () => {
    const first = await readPage({ limit: 2 })
    server.rooms[0] = makeRoom({ room_id: 1, last_comment_timestamp: '2026-01-06T09:00:00Z' })

    expect(ids((await readPage({ limit: 2, cursor: first.nextCursor })).rooms)).toEqual([3, 2])
  })

  test('has the rooms with flags', async () => {
    server.rooms = [
      makeRoom({ room_id: 1, unread_count: 3, pinned: true }),
      makeRoom({ room_id: 2, unread_count: 5, muted: true }),
      makeRoom({ room_id: 3, marked_unread: true }),
      makeRoom({ room_id: 4, unread_count: 7, archived: true }),
    ]

    const unread = await readPage({ unread: true })
    expect(ids(unread.rooms)).toEqual([3, 1])
    expect(unread).toMatchObject({ total: 2, unreadComments: 3, syncToken: undefined })
    expect(ids((await readPage({ archived: true })).rooms)).toEqual([4])
    expect(ids((await readPage({ archived: false })).rooms)).toEqual([3, 2, 1])
    expect(ids((await readPage({ pinned: true })).rooms)).toEqual([1])
  })

  test('says that a page is unchanged until a room of it changes', async () => {
    const { etag } = await readPage()

    expect(await client.listRooms({ etag })).toEqual({ kind: 'unchanged' })
    server.rooms[0] = makeRoom({ room_id: 1, unread_count: 1 })
    expect(await client.listRooms({ etag })).toMatchObject({ kind: 'page' })
  })

  test('tells what changed since a token, in a list that a test changes as it likes', async () => {
    const { syncToken } = await readPage()
    server.rooms[2]!.unread_count = 1
    server.rooms.shift()
    server.rooms.push(makeRoom({ room_id: 9 }))

    const changes = await client.listChanges(syncToken!)

    expect(changes).toMatchObject({ kind: 'changes', removed: [1] })
    expect(ids('rooms' in changes ? changes.rooms : [])).toEqual([9, 3])
    expect(await client.listChanges('syncToken' in changes ? changes.syncToken : '')).toMatchObject(
      { rooms: [], removed: [] },
    )
  })

  test('does not know the token of another server', async () => {
    const other = createClient({
      baseUrl: 'https://fake.example.com',
      getToken: () => 'token',
      fetch: createFakeServer().fetch,
    })
    const { syncToken } = await readPage()

    expect(await other.listChanges(syncToken!)).toMatchObject({ code: 'sync_expired' })
  })

  test('has rooms by id', async () => {
    const found = await client.findRooms([2, 7, 4])

    expect(found).toEqual({ kind: 'rooms', rooms: [rooms[3], rooms[1]], removed: [7] })
  })

  test('takes the user out of a room, also twice, but not out of an unknown one', async () => {
    expect(await client.leaveRoom(2)).toEqual({ kind: 'left' })
    expect(await client.leaveRoom(2)).toEqual({ kind: 'left' })
    expect(ids(server.rooms)).toEqual([1, 3, 4, 5])
    expect(await client.leaveRoom(7)).toMatchObject({ code: 'room_not_found' })
  })

  test('first sends the responses that a test gives it', async () => {
    server.nextResponses.push(errors.forbidden)

    expect(await client.listRooms()).toMatchObject({ code: 'forbidden' })
    expect(await client.listRooms()).toMatchObject({ kind: 'page' })
  })

  test('asks for a token', async () => {
    expect((await server.fetch('https://fake.example.com/chat/all')).status).toBe(401)
  })

  test('responds as the API does', async () => {
    const { syncToken, etag } = await readPage({ limit: 5 })
    await client.listRooms({ limit: 2 })
    await client.listRooms({ limit: 5, etag })
    await client.listRooms({ unread: true })
    await client.listChanges(syncToken!)
    await client.listChanges('unknown')
    await client.findRooms([1, 7])

    expect(responses.map(({ status }) => status)).toEqual([200, 200, 304, 200, 200, 410, 200])
    for (const { status, headers, body } of await Promise.all(responses.map(readBody)))
      expectDocumented(listing, { status, headers, body })
  })

  const readBody = async (response: Response) => {
    const text = await response.text()
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    }
  }
})
