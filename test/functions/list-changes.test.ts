import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import { roomTypes } from '../../lib/domain/room-type.ts'
import { rowKey, totalKey } from '../../lib/store/keys.ts'
import { deleteItem } from '../../lib/store/maintenance/delete-item.ts'
import { eraseUsers } from '../../lib/store/maintenance/erase-users.ts'
import { rebuildTotals } from '../../lib/store/maintenance/rebuild-user.ts'
import { errorOf, listAllRooms, metaOf, shownIds, shownRooms } from '../support/all-rooms.ts'
import { noteCalls, unitsOf } from '../support/calls.ts'
import { at, flagged, joined, posted, read, renamed } from '../support/events.ts'
import {
  apply,
  createRoom,
  freshEmail,
  freshId,
  leave,
  readItem,
  useTable,
} from '../support/inbox.ts'
import { putItems } from '../support/put-items.ts'
import { seedRooms } from '../support/seed.ts'

useTable()

/** The clock of the functions. What is less than two minutes older than a token is returned again. */
let clockMs = Date.UTC(2026, 0, 1)
beforeEach(() => {
  jest.spyOn(store, 'now').mockImplementation(() => (clockMs += 1))
})
afterEach(() => {
  jest.restoreAllMocks()
})
const pass = (minutes: number) => {
  clockMs += minutes * 60_000
}

/** Requests the first page, long after everything that was written. */
const takeToken = async (email: string): Promise<string> => {
  pass(10)
  const { sync_token } = metaOf(await listAllRooms(email))
  pass(10)
  return sync_token!
}

const listChanges = (email: string, token: string | undefined, headers = {}) =>
  listAllRooms(email, `since=${token}`, headers)

describe('since', () => {
  test('returns the rooms that changed, as the list shows them, and no others', async () => {
    const me = freshEmail()
    const create = () => createRoom('single', { me })
    const [commented, seen, named, hushed, quiet] = await Promise.all([
      create(),
      create(),
      create(),
      create(),
      create(),
    ])
    const group = await createRoom('group', { me })
    await apply(posted(seen.roomId, 1, seen.other, at(1)))
    const token = await takeToken(me)

    await apply(
      posted(commented.roomId, 1, commented.other, at(5)),
      read(seen.roomId, 1, me, at(6)),
      renamed(named.other, 'New', at(7)),
      flagged('muted', hushed.roomId, me, at(7)),
    )
    const changes = await listChanges(me, token)

    const changed = [commented, seen, named, hushed].map(({ roomId }) => roomId)
    const whole = shownRooms(await listAllRooms(me))
    expect(shownRooms(changes)).toEqual(whole.filter(({ room_id }) => changed.includes(room_id)))
    expect(shownIds(changes)).not.toContain(quiet.roomId)
    expect(shownIds(changes)).not.toContain(group.roomId)
    expect(metaOf(changes)).toEqual({
      current_page: 1,
      total_room: 6,
      sync_token: expect.any(String),
      removed_rooms: [],
    })
    expect(changes.headers).not.toHaveProperty('link')
  })

  test('names the rooms that were left, until two minutes have passed', async () => {
    const me = freshEmail()
    const personal = await createRoom('single', { me })
    const group = await createRoom('group', { me })
    await createRoom('group', { me })
    const token = await takeToken(me)

    await leave(me, personal.roomId)
    await leave(me, group.roomId)
    const changes = await listChanges(me, token)
    pass(3)
    const again = await listChanges(me, metaOf(changes).sync_token)
    const later = await listChanges(me, metaOf(again).sync_token)

    const removed = [personal.roomId, group.roomId].sort().reverse()
    expect(shownIds(changes)).toEqual([])
    expect(metaOf(changes)).toMatchObject({ total_room: 1, removed_rooms: removed })
    expect(metaOf(again).removed_rooms).toEqual(removed)
    expect(metaOf(later).removed_rooms).toEqual([])
  })

  test('returns a room that was left and joined again as a room', async () => {
    const { me, roomId } = await createRoom('group')
    const token = await takeToken(me)

    await leave(me, roomId)
    await apply(joined(roomId, me, new Date(clockMs + 1000).toISOString()))
    const changes = await listChanges(me, token)

    expect(shownIds(changes)).toEqual([roomId])
    expect(metaOf(changes)).toMatchObject({ total_room: 1, removed_rooms: [] })
  })

  test('returns nothing if nothing changed, and then a 304', async () => {
    const { me } = await createRoom('single')
    const token = await takeToken(me)

    const changes = await listChanges(me, token)
    const { etag } = changes.headers
    const unchanged = await listChanges(me, metaOf(changes).sync_token, { 'if-none-match': etag! })

    expect(shownIds(changes)).toEqual([])
    expect(metaOf(changes)).toMatchObject({ total_room: 1, removed_rooms: [] })
    expect(unchanged).toMatchObject({ status: 304, text: '' })
  })

  test('goes on from the token of a 304, which is older', async () => {
    const { me, other, roomId } = await createRoom('single')
    const first = await takeToken(me)
    const { etag } = (await listChanges(me, first)).headers
    pass(10)
    const unchanged = await listChanges(me, first, { 'if-none-match': etag! })
    pass(10)

    await apply(posted(roomId, 1, other, at(5)))
    const changes = await listChanges(me, first)

    expect(unchanged.status).toBe(304)
    expect(shownRooms(changes)).toMatchObject([{ room_id: roomId, last_comment_id: 1 }])
  })

  test('works for somebody who was in no room before', async () => {
    const me = freshEmail()
    const token = await takeToken(me)

    const { roomId } = await createRoom('group', { me })
    const changes = await listChanges(me, token)

    expect(shownIds(changes)).toEqual([roomId])
    expect(metaOf(changes).total_room).toBe(1)
  })
})

test('an unchanged first page is a 304, although its token is another one', async () => {
  const { me } = await createRoom('single')
  const first = await listAllRooms(me)
  const second = await listAllRooms(me)

  const unchanged = await listAllRooms(me, '', { 'if-none-match': first.headers['etag']! })

  expect(metaOf(second).sync_token).not.toBe(metaOf(first).sync_token)
  expect(second.headers['etag']).toBe(first.headers['etag'])
  expect(unchanged).toMatchObject({ status: 304, text: '' })
})

describe('a token has expired, with 410 sync_expired,', () => {
  const expired = [410, 'sync_expired']

  test('for another caller', async () => {
    const token = await takeToken(freshEmail())

    expect(errorOf(await listChanges(freshEmail(), token))).toEqual(expired)
  })

  test('for another table', async () => {
    const me = freshEmail()
    const token = await takeToken(me)
    const tableName = jest.replaceProperty(store, 'tableName', 'restored')

    const response = await listChanges(me, token)
    tableName.restore()

    expect(errorOf(response)).toEqual(expired)
  })

  test('after 31 days, and not after 29', async () => {
    const me = freshEmail()
    const token = await takeToken(me)

    pass(29 * 24 * 60)
    const inTime = await listChanges(me, token)
    pass(2 * 24 * 60)

    expect(inTime.status).toBe(200)
    expect(errorOf(await listChanges(me, token))).toEqual(expired)
  })

  const quiet = { onRoom: () => undefined, onPage: () => undefined, onUnreadable: () => undefined }

  test('after the caller was erased, and is in rooms again', async () => {
    const { me, other, roomId } = await createRoom('single')
    const token = await takeToken(me)

    await eraseUsers(store, [me], quiet)
    const erased = await listChanges(me, token)
    await createRoom('single', { me, other })
    const back = await listChanges(me, token)

    expect([errorOf(erased), errorOf(back)]).toEqual([expired, expired])
    expect(shownIds(await listAllRooms(me))).not.toContain(roomId)
  })

  test('after the caller was erased, if the totals were stored before they had ids', async () => {
    const { me } = await createRoom('single')
    const { total_id, ...total } = (await readItem(totalKey(me, 'single')))!
    await putItems(store, [total])
    const token = await takeToken(me)
    const unchanged = await listChanges(me, token)

    await eraseUsers(store, [me], quiet)

    expect(unchanged.status).toBe(200)
    expect(errorOf(await listChanges(me, token))).toEqual(expired)
  })

  test('after the caller was erased, if the total was lost and corrected before', async () => {
    const { me } = await createRoom('single')
    await deleteItem(store, totalKey(me, 'single'))
    await rebuildTotals(store, me)
    const token = await takeToken(me)

    await eraseUsers(store, [me], quiet)

    expect(errorOf(await listChanges(me, token))).toEqual(expired)
  })

  test('if the read found rooms and no total, which is lost', async () => {
    const { me, roomId } = await createRoom('single')
    await deleteItem(store, totalKey(me, 'single'))

    const page = await listAllRooms(me)

    expect(shownIds(page)).toEqual([roomId])
    expect(errorOf(await listChanges(me, metaOf(page).sync_token))).toEqual(expired)
  })

  /** Markers of rooms that the user left, which are much longer than real ones. */
  const seedMarkers = (email: string, count: number) =>
    putItems(
      store,
      Array.from({ length: count }, () => ({
        ...rowKey(email, freshId()),
        left_at: at(1),
        padding: 'x'.repeat(100_000),
      })),
    )

  test('with more than 2 MB of rows, and not with 1.5 MB', async () => {
    const [some, many] = [freshEmail(), freshEmail()]
    await seedMarkers(some, 15)
    await seedMarkers(many, 24)

    const calls = await noteCalls(async () => {
      expect((await listChanges(some, await takeToken(some))).status).toBe(200)
    })

    expect(calls.filter(({ input }) => !('IndexName' in input))).toHaveLength(2)
    expect(errorOf(await listChanges(many, await takeToken(many)))).toEqual(expired)
  })
})

describe('since is refused', () => {
  const replaceVersion = (token: string): string => {
    const [, ...fields] = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Buffer.from(JSON.stringify([2, ...fields])).toString('base64url')
  }

  test.each([
    ['empty', () => ''],
    ['no token', () => 'abc'],
    ['a cut token', (token: string) => token.slice(0, -1)],
    [
      'a token with a foreign character',
      (token: string) => `${token.slice(0, 9)}!${token.slice(9)}`,
    ],
    ['a token with a space', (token: string) => `${token}%20`],
    ['the token of another version', replaceVersion],
    ['too long', () => 'A'.repeat(200)],
    ['two tokens', (token: string) => `${token}&since=${token}`],
  ])('if it is %s', async (_, change) => {
    const me = freshEmail()
    const token = await takeToken(me)

    const response = await listAllRooms(me, `since=${change(token)}`)

    expect(errorOf(response)).toEqual([400, 'invalid_since'])
    expect(response.body.data.message).toMatch(
      /^since ".*" is not valid: send it exactly as in the sync_token of a response of this list$/,
    )
  })

  test.each([
    'page=1',
    'limit=0',
    'cursor=abc',
    'unread=true',
    'archived=false',
    'pinned=true',
    'room_id=1',
  ])('together with %s, with a message that names both', async (other) => {
    const me = freshEmail()
    const token = await takeToken(me)

    const response = await listAllRooms(me, `${other}&since=${token}`)

    const [name, value] = other.split('=')
    expect(errorOf(response)).toEqual([400, 'invalid_since'])
    expect(response.body.data.message).toBe(
      `since came together with ${name} "${value}": send since alone`,
    )
  })
})

test.each([
  [50, 10],
  [200, 40],
  [1000, 198],
])('with %d rooms of each type, since costs at most %d read units', async (count, units) => {
  const email = freshEmail()
  const firstRoom = 10 * count
  for (const [index, type] of roomTypes.entries())
    await seedRooms(
      Array.from({ length: count }, (_, room) => ({
        room_id: firstRoom + index * count + room,
        type,
        participants: [email, 'b@example.com'],
      })),
      email,
    )
  const token = await takeToken(email)

  const calls = await noteCalls(() => listChanges(email, token))

  expect(calls.map(({ command }) => command)).toEqual(['Query'])
  expect(calls[0]!.input['ConsistentRead']).toBe(true)
  expect(unitsOf(calls).read).toBeLessThanOrEqual(units)
})
