import assert from 'node:assert/strict'
import { type ApiRequest, form, json } from './api-event.ts'
import { at, named, posted, read, roomCreated } from './events.ts'
import type { ApiResponse } from './read-response.ts'

/** Sends a request in one of the ways that reach the functions. */
export type Send = (request: ApiRequest) => Promise<ApiResponse>

/** The `test` of any test runner. */
type Test = (title: string, work: () => Promise<void>) => unknown

export const me = 'ann@example.com'
export const other = 'ben@example.com'
const text = 'See you at the station'
/** Newest first, and enough of them that a page is worth compressing. */
export const personalRooms = [108, 107, 106, 105, 104, 103, 102, 101]
export const groups = [203, 202, 201]
/** The rooms that `me` leaves. */
export const leftRooms = [101, 102, 103, 104, 105, 106]

/** The events that must have been applied before. */
export const chats = [
  ...personalRooms.flatMap((id) => [
    roomCreated(id, 'single', [me, other], at(id)),
    posted(id, 1, other, at(1000 + id), text),
  ]),
  ...groups.map((id) => roomCreated(id, 'group', [me, other], at(id))),
  read(101, 1, me, at(2000)),
]

/** What no log may contain. */
export const personalData = [me, other, text, named(me).username, named(other).username]

const list = (over: ApiRequest = {}): ApiRequest => ({ path: '/chat/personal', email: me, ...over })
const all = (over: ApiRequest = {}): ApiRequest => list({ path: '/chat/all', ...over })
const leave = (over: ApiRequest): ApiRequest => ({
  method: 'POST',
  path: '/chat/leave',
  email: me,
  ...over,
})

const listing = (current_page: number, total_room: number, rooms_info: object[]) => ({
  error: false,
  data: { results: { meta: { current_page, total_room }, rooms_info }, status: 200 },
})

export const roomsOf = ({ body }: ApiResponse): any[] => body.data.results.rooms_info

export const roomIds = (response: ApiResponse): number[] =>
  roomsOf(response).map(({ room_id }) => room_id)

/** Expects of a way to the functions what each must show. The later tests leave rooms, so the order matters. */
export const expectTheApi = (test: Test, send: Send): void => {
  test('a caller who is in no room has an empty list, and no unread comments', async () => {
    const email = 'nobody@example.com'
    const all = await send(list({ email }))
    assert.deepEqual([all.status, all.body], [200, listing(1, 0, [])])
    const unread = await send(list({ email, query: 'unread=true' }))
    assert.deepEqual([unread.status, unread.body], [200, listing(1, 0, [])])
    assert.equal(unread.headers['unread-comments'], '0')
  })

  test('a list has the newest room first, and what its events say', async () => {
    const response = await send(list())
    assert.equal(response.status, 200)
    assert.deepEqual(roomIds(response), personalRooms)
    assert.deepEqual(response.body, listing(1, 8, roomsOf(response)))
    assert.deepEqual(roomsOf(response)[0], {
      last_comment_id: 1,
      last_comment_message: text,
      last_comment_timestamp: '2024-01-01T00:18:28Z',
      participants: [
        { ...named(me, { id: 1 }), last_comment_read_id: 0, last_comment_received_id: 0 },
        { ...named(other, { id: 2 }), last_comment_read_id: 1, last_comment_received_id: 0 },
      ],
      room_avatar_url: '',
      room_id: 108,
      room_name: named(other).username,
      room_type: 'single',
      unread_count: 1,
    })
  })

  test('a list is the same with br, gzip and neither, and is not for shared caches', async () => {
    const plain = await send(list({ headers: { 'accept-encoding': 'identity' } }))
    assert.equal(plain.headers['content-encoding'], undefined)
    assert.equal(plain.headers['content-type'], 'application/json')
    assert.equal(plain.headers['cache-control'], 'private, no-cache')
    assert.equal(plain.headers['vary'], 'Authorization, Accept-Encoding')
    for (const coding of ['br', 'gzip']) {
      const response = await send(list({ headers: { 'accept-encoding': coding } }))
      assert.equal(response.headers['content-encoding'], coding)
      assert.equal(response.text, plain.text)
    }
  })

  test('an unchanged list is a 304 without a body, whatever its coding', async () => {
    const { etag } = (await send(list())).headers
    for (const coding of ['identity', 'br']) {
      const headers = { 'accept-encoding': coding, 'if-none-match': etag! }
      const { status, text, headers: received } = await send(list({ headers }))
      assert.deepEqual([status, text, received['etag']], [304, '', etag])
    }
  })

  test('the next page is behind the link', async () => {
    const found: number[] = []
    let query: string | undefined = 'limit=2'
    for (let page = 1; query !== undefined; page += 1) {
      const response: ApiResponse = await send({ path: '/chat/group', email: me, query })
      assert.deepEqual(response.body.data.results.meta, { current_page: page, total_room: 3 })
      found.push(...roomIds(response))
      query = /^<\?(.*)>; rel="next"$/.exec(response.headers['link'] ?? '')?.[1]
    }
    assert.deepEqual(found, groups)
  })

  test('unread=true lists the rooms with unread comments, and Unread-Comments counts these', async () => {
    const response = await send(list({ query: 'unread=true&limit=3' }))
    assert.deepEqual(roomIds(response), personalRooms.slice(0, 3))
    assert.deepEqual(response.body.data.results.meta, { current_page: 1, total_room: 7 })
    assert.equal(response.headers['unread-comments'], '7')
  })

  test('the list of all rooms has the rooms of both lists, in one order', async () => {
    const personal = await send(list({ query: 'limit=100' }))
    const group = await send(list({ path: '/chat/group', query: 'limit=100' }))
    const response = await send(all({ query: 'limit=100' }))
    assert.deepEqual(roomIds(response), [...roomIds(personal), ...roomIds(group)])
    assert.equal(response.body.data.results.meta.total_room, 11)
    for (const [index, room] of [...roomsOf(personal), ...roomsOf(group)].entries())
      assert.deepEqual({ ...roomsOf(response)[index], ...room }, roomsOf(response)[index])
  })

  test('the token of the list of all rooms finds what changed since', async () => {
    const { meta } = (await send(all())).body.data.results
    const changes = await send(all({ query: `since=${meta.sync_token}` }))
    assert.equal(changes.status, 200)
    assert.equal(changes.body.data.results.meta.total_room, 11)
    assert.deepEqual(changes.body.data.results.meta.removed_rooms, [])
  })

  test('rooms by their ids are those of the list, and the others are named', async () => {
    const response = await send(all({ query: 'room_id=201,999,108' }))
    assert.deepEqual(roomIds(response), [108, 201])
    assert.deepEqual(response.body.data.results.meta.removed_rooms, [999])
  })

  const claims = { email: me, email_verified: 'false' }
  const refused: [string, ApiRequest, number, string][] = [
    ['a list with page=0', list({ query: 'page=0' }), 400, 'invalid_page'],
    ['a list with two limits', list({ query: 'limit=1,2' }), 400, 'invalid_limit'],
    ['a list with a wrong cursor', list({ query: 'cursor=none' }), 400, 'invalid_cursor'],
    ['a list with unread=yes', list({ query: 'unread=yes' }), 400, 'invalid_unread'],
    ['a list with archived=yes', all({ query: 'archived=yes' }), 400, 'invalid_archived'],
    ['what changed since an unknown token', all({ query: 'since=none' }), 400, 'invalid_since'],
    ['a room id that is not a number', all({ query: 'room_id=x' }), 400, 'invalid_room_id'],
    ['a list for an address that is not verified', list({ claims }), 403, 'forbidden'],
    ['a leave of an address that is not verified', leave({ claims }), 403, 'forbidden'],
    ['a leave whose body is not JSON', leave(json('{room_id: 108}')), 400, 'invalid_body'],
    ['a leave of no room', leave({}), 400, 'invalid_room_id'],
    ['a leave of an unknown room', leave({ query: 'room_id=999' }), 404, 'room_not_found'],
  ]
  for (const [what, request, status, code] of refused)
    test(`${what} is a ${status} ${code}`, async () => {
      const response = await send(request)
      assert.equal(response.status, status)
      const { message } = response.body.data
      assert.deepEqual(response.body, { error: true, data: { code, message, status } })
      assert.equal(typeof message, 'string')
    })

  const leaves: [string, ApiRequest][] = [
    ['in JSON', json('{"room_id": 101}')],
    ['in JSON, a second time', json('{"room_id": 101}')],
    ['as a string in JSON', json('{"room_id": "102"}')],
    ['in a form', form('room_id=103')],
    ['in the query string', { query: 'room_id=104' }],
    ['in the query string, with an empty body', { ...json(''), query: 'room_id=105' }],
    ['in both, if they agree', { ...json('{"room_id": 106}'), query: 'room_id=106' }],
  ]
  for (const [how, request] of leaves)
    test(`a leave may name the room ${how}`, async () => {
      const { status, body } = await send(leave(request))
      assert.deepEqual([status, body], [200, { error: false }])
    })

  test('after a leave, the next list does not have the room', async () => {
    const response = await send(list())
    assert.deepEqual(roomIds(response), [108, 107])
    assert.equal(response.body.data.results.meta.total_room, 2)
    assert.deepEqual(roomIds(await send(all())), [108, 107, ...groups])
  })

  test('after a leave, the rooms that were left are removed rooms', async () => {
    const rooms = await send(all({ query: 'room_id=101,107' }))
    assert.deepEqual(rooms.body.data.results.meta.removed_rooms, [101])
  })

  test('after a leave, the other participant sees the name of who left, and nobody else in the room', async () => {
    const response = await send(list({ email: other }))
    assert.deepEqual(roomIds(response), personalRooms)
    const { room_name, participants } = roomsOf(response).at(-1)
    assert.deepEqual([room_name, participants.length], [named(me).username, 1])
    assert.equal(participants[0].email, other)
  })
}
