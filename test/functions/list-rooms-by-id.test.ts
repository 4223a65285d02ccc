import { describe, expect, test } from '@jest/globals'
import { at, posted } from '../support/events.ts'
import { errorOf, listAllRooms, metaOf, shownIds, shownRooms } from '../support/all-rooms.ts'
import { noteCalls, unitsOf } from '../support/calls.ts'
import { apply, createRoom, freshEmail, leave, useTable } from '../support/inbox.ts'
import { seedRooms } from '../support/seed.ts'

useTable()

/** Newest first: a group, a personal room, another group. */
const createThree = async () => {
  const me = freshEmail()
  const oldest = await createRoom('group', { me })
  const middle = await createRoom('single', { me })
  const newest = await createRoom('group', { me })
  await apply(
    posted(oldest.roomId, 1, oldest.other, at(10)),
    posted(middle.roomId, 1, middle.other, at(20)),
    posted(newest.roomId, 1, newest.other, at(30)),
  )
  return { me, ids: [newest.roomId, middle.roomId, oldest.roomId] as [number, number, number] }
}

describe('room_id', () => {
  test('returns one room as the list shows it', async () => {
    const { me, ids } = await createThree()
    const whole = await listAllRooms(me)

    const response = await listAllRooms(me, `room_id=${ids[1]}`)

    expect(shownRooms(response)).toEqual([shownRooms(whole)[1]])
    expect(metaOf(response)).toEqual({ current_page: 1, total_room: 1, removed_rooms: [] })
    expect(response.headers).not.toHaveProperty('link')
    expect(response.headers).not.toHaveProperty('unread-comments')
  })

  test.each([
    ['in one parameter', (ids: number[]) => `room_id=${ids.join(',')}`],
    ['in a parameter each', (ids: number[]) => ids.map((id) => `room_id=${id}`).join('&')],
  ])('returns rooms in the order of the list, with their ids %s', async (_, queryOf) => {
    const { me, ids } = await createThree()

    const response = await listAllRooms(me, queryOf(ids.toReversed()))

    expect(shownIds(response)).toEqual(ids)
    expect(metaOf(response)).toEqual({ current_page: 1, total_room: 3, removed_rooms: [] })
  })

  test('names the rooms that are not in the list, in the order of the request', async () => {
    const { me, ids } = await createThree()
    const [newest, middle] = ids
    const foreign = await createRoom('group')
    await leave(me, middle)

    const query = `room_id=999999,${newest},${foreign.roomId},${middle}`
    const response = await listAllRooms(me, query)

    expect(shownIds(response)).toEqual([newest])
    expect(metaOf(response)).toEqual({
      current_page: 1,
      total_room: 1,
      removed_rooms: [999_999, foreign.roomId, middle],
    })
  })

  test('returns 100 rooms in one consistent call, for at most a read unit each', async () => {
    const email = freshEmail()
    const ids = Array.from({ length: 100 }, (_, index) => 100_000 + index)
    await seedRooms(
      ids.map((room_id) => ({ room_id, type: 'single', participants: [email, 'b@example.com'] })),
      email,
    )

    const calls = await noteCalls(async () => {
      const response = await listAllRooms(email, `room_id=${ids.join(',')}`)
      expect(shownIds(response)).toEqual(ids.toReversed())
    })

    expect(calls.map(({ command }) => command)).toEqual(['BatchGetItem'])
    expect(Object.values(calls[0]!.input['RequestItems'] as object)).toMatchObject([
      { ConsistentRead: true },
    ])
    expect(unitsOf(calls).read).toBeLessThanOrEqual(100)
  })

  test('returns 304 while the rooms are unchanged', async () => {
    const { me, ids } = await createThree()
    const query = `room_id=${ids.join(',')}`
    const { etag } = (await listAllRooms(me, query)).headers

    const unchanged = await listAllRooms(me, query, { 'if-none-match': etag! })
    await leave(me, ids[2])
    const changed = await listAllRooms(me, query, { 'if-none-match': etag! })

    expect(unchanged.status).toBe(304)
    expect(metaOf(changed).removed_rooms).toEqual([ids[2]])
  })

  test.each([
    ['', '""'],
    ['0', '"0"'],
    ['-1', '"-1"'],
    ['1.5', '"1.5"'],
    ['1e3', '"1e3"'],
    ['x', '"x"'],
    ['9007199254740992', '"9007199254740992"'],
    ['1,,2', '""'],
    ['1,2,', '""'],
    ['1,%202', '" 2"'],
  ])('%j is refused with a message that names the wrong id', async (value, quoted) => {
    const { status, body } = await listAllRooms(freshEmail(), `room_id=${value}`)

    expect(status).toBe(400)
    expect(body.data).toEqual({
      code: 'invalid_room_id',
      message: `room_id has ${quoted}: send 1 to 100 whole numbers from 1 to 9007199254740991, in plain digits, separated by commas`,
      status: 400,
    })
  })

  test('of 101 rooms is refused with their number', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => index + 1)

    const response = await listAllRooms(freshEmail(), `room_id=${ids.join(',')}`)

    expect(errorOf(response)).toEqual([400, 'invalid_room_id'])
    expect(response.body.data.message).toMatch(/has 101 ids: send at most 100/)
  })

  test.each(['room_id=7,8,7', 'room_id=7&room_id=8&room_id=7'])(
    'that names a room twice is refused: %s',
    async (query) => {
      const response = await listAllRooms(freshEmail(), query)

      expect(errorOf(response)).toEqual([400, 'invalid_room_id'])
      expect(response.body.data.message).toBe('room_id has 7 twice: send each id once')
    },
  )

  test.each(['page=1', 'limit=5', 'cursor=abc', 'unread=true', 'archived=false', 'pinned=true'])(
    'together with %s is refused with a message that names both',
    async (other) => {
      const response = await listAllRooms(freshEmail(), `room_id=1&${other}`)

      const [name, value] = other.split('=')
      expect(errorOf(response)).toEqual([400, 'invalid_room_id'])
      expect(response.body.data.message).toBe(
        `room_id came together with ${name} "${value}": send room_id alone`,
      )
    },
  )
})
