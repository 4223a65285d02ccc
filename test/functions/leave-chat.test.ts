import { describe, expect, test } from '@jest/globals'
import { handler as leaveChat } from '../../functions/leave-chat.ts'
import { handler as listGroupChats } from '../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import { store } from '../../lib/deps.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { recordEvent } from '../../lib/store/facts/record-event.ts'
import { call } from '../support/api-call.ts'
import { type ApiRequest, form, json } from '../support/api-event.ts'
import { noteCalls } from '../support/calls.ts'
import {
  cancelled,
  conflict,
  failFirst,
  throttled,
  timedOut,
  unreachable,
  withFault,
} from '../support/faults.ts'
import { at, inAMinute, joined, posted, roomCreated } from '../support/events.ts'
import { listGranted } from '../support/granted-permissions.ts'
import {
  apply,
  createRoom,
  freshEmail,
  freshId,
  freshRoom,
  listAll,
  listedRoomIds,
  useTable,
} from '../support/inbox.ts'
import { intercept } from '../support/intercept.ts'
import { expectAlsoAfterNextEvent } from '../support/next-event.ts'
import { listNeeded } from '../support/needed-permissions.ts'
import { quietErrors } from '../support/quiet-errors.ts'
import { seedRooms } from '../support/seed.ts'

useTable()

const leaveChats = (email: string, roomId: number | string, over: ApiRequest = {}) =>
  call(leaveChat, {
    method: 'POST',
    path: '/chat/leave',
    email,
    query: `room_id=${roomId}`,
    ...over,
  })

describe('leaving a room', () => {
  test.each(['single', 'group'] as const)(
    'removes the newest %s room from the list and lowers the total at once, a hundred times in a row',
    async (type) => {
      const [me, other] = [freshEmail(), freshEmail()]
      const roomIds = Array.from({ length: 100 }, freshId).reverse()
      await seedRooms(
        roomIds.map((room_id) => ({ room_id, type, participants: [me, other], comments: 0 })),
      )
      const list = type === 'single' ? listPersonalChats : listGroupChats

      for (const [index, roomId] of roomIds.entries()) {
        const { status, body } = await leaveChats(me, roomId)
        const { results } = (await call(list, { email: me })).body.data

        expect({ status, body }).toEqual({ status: 200, body: { error: false } })
        expect(results.meta.total_room).toBe(99 - index)
        expect(results.rooms_info[0]?.room_id).toBe(roomIds[index + 1])
      }
    },
  )

  test('succeeds when it is repeated, and lowers the total once', async () => {
    const { me, other, roomId } = await createRoom('group')
    await createRoom('group', { me, other })

    await leaveChats(me, roomId)
    const { status, body } = await leaveChats(me, roomId)

    expect({ status, body }).toEqual({ status: 200, body: { error: false } })
    expect(await listAll(me, 'group')).toHaveLength(1)
  })

  test('returns the same 404 for an unknown room and for a room of other people', async () => {
    const { roomId } = await createRoom('group')
    const stranger = freshEmail()

    const neverIn = await leaveChats(stranger, roomId)
    const unknown = await leaveChats(stranger, 987654321)

    expect(neverIn.status).toBe(404)
    expect(neverIn.body.data.code).toBe('room_not_found')
    expect(neverIn.text.replaceAll(String(roomId), '?')).toBe(
      unknown.text.replaceAll('987654321', '?'),
    )
  })

  test('is undone by a later join only', async () => {
    const { me, roomId } = await createRoom('single')

    await leaveChats(me, roomId)
    await apply(joined(roomId, me, at(1000)))
    const early = await listedRoomIds(me, 'single')
    await apply(joined(roomId, me, inAMinute()))

    expect(early).toEqual([])
    expect(await listedRoomIds(me, 'single')).toEqual([roomId])
  })

  test('removes a room whose join is dated in the future', async () => {
    const { me, other, roomId } = freshRoom()
    await apply(roomCreated(roomId, 'group', [me, other], '2096-01-01T00:00:00.000Z'))

    await leaveChats(me, roomId)

    expect(await listedRoomIds(me, 'group')).toEqual([])
  })
})

describe('concurrent leaves', () => {
  test('50 leaves of one room all succeed and lower the total once', async () => {
    const { me, other, roomId } = await createRoom('single')
    const { roomId: staying } = await createRoom('single', { me, other })

    const responses = await Promise.all(Array.from({ length: 50 }, () => leaveChats(me, roomId)))

    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await listedRoomIds(me, 'single')).toEqual([staying])
  })

  test.each(['single', 'group'] as const)(
    '50 leaves of 50 %s rooms lower the total by 50',
    async (type) => {
      const [me, other] = [freshEmail(), freshEmail()]
      const roomIds = Array.from({ length: 51 }, freshId)
      await seedRooms(roomIds.map((room_id) => ({ room_id, type, participants: [me, other] })))

      await Promise.all(roomIds.slice(1).map((roomId) => leaveChats(me, roomId)))

      expect(await listedRoomIds(me, type)).toEqual([roomIds[0]])
      expect(await listAll(other, type)).toHaveLength(51)
    },
  )

  test('both people can leave a personal room', async () => {
    const { me, other, roomId } = await createRoom('single')

    const responses = await Promise.all([leaveChats(me, roomId), leaveChats(other, roomId)])

    expect(responses.map(({ status }) => status)).toEqual([200, 200])
    expect(await listAll(me, 'single')).toEqual([])
    expect(await listAll(other, 'single')).toEqual([])
  })

  test('comments that are applied during a leave do not bring the room back', async () => {
    const { me, other, roomId } = await createRoom('single')

    await Promise.all([
      leaveChats(me, roomId),
      ...[1, 2, 3, 4, 5].map((id) => apply(posted(roomId, id, other, at(id)))),
    ])

    expect(await listAll(me, 'single')).toEqual([])
    expect(await listAll(other, 'single')).toMatchObject([
      { last_comment_id: 5, room_name: `name of ${me}`, participants: [{ email: other }] },
    ])
  })
})

describe('the calls of a leave', () => {
  test.each([
    { type: 'group', commands: ['BatchGetItem', 'TransactWriteItems'] },
    { type: 'single', commands: ['BatchGetItem', 'Query', 'TransactWriteItems', 'GetItem'] },
  ] as const)(
    'of a $type room are $commands, with consistent reads',
    async ({ type, commands }) => {
      const { me, roomId } = await createRoom(type)

      const calls = await noteCalls(() => leaveChats(me, roomId))

      expect(calls.map(({ command }) => command)).toEqual(commands)
      const [batch, query] = calls.map(({ input }) => input as any)
      expect(Object.values<any>(batch.RequestItems)[0].ConsistentRead).toBe(true)
      if (type === 'single') {
        expect(query.ConsistentRead).toBe(true)
        expect(calls.at(-1)!.input['ConsistentRead']).toBe(true)
      }
    },
  )
})

describe('after a fault', () => {
  const calls = {
    group: ['BatchGetItem', 'TransactWriteItems'],
    single: ['BatchGetItem', 'Query', 'TransactWriteItems'],
  }
  const faults = {
    throttled,
    conflict,
    'cancelled for a conflict': cancelled('None', 'TransactionConflict', 'None'),
    'cancelled for throttling': cancelled('ThrottlingError', 'None', 'None'),
    'timed out': timedOut,
    unreachable,
  }
  const rows = Object.entries(calls).flatMap(([type, commands]) =>
    commands.flatMap((command) =>
      Object.entries(faults).map(([fault, error]) => ({
        type: type as RoomType,
        command,
        fault,
        error,
      })),
    ),
  )

  test.each(rows)(
    'in $command ($fault), a leave of a $type room succeeds and counts once',
    async (row) => {
      const { me, other, roomId } = await createRoom(row.type)

      const { status } = await withFault(failFirst(1, row.command, row.error), () =>
        leaveChats(me, roomId),
      )

      expect(status).toBe(200)
      expect(await listAll(me, row.type)).toEqual([])
      expect(await listAll(other, row.type)).toHaveLength(1)
    },
  )

  test.each(['single', 'group'] as const)(
    'in the response of a transaction that took effect, a leave of a %s room succeeds and counts once',
    async (type) => {
      const { me, roomId } = await createRoom(type)

      const { status } = await withFault(
        failFirst(1, 'TransactWriteItems', timedOut),
        () => leaveChats(me, roomId),
        'after',
      )

      expect(status).toBe(200)
      expect(await listAll(me, type)).toEqual([])
    },
  )

  describe('in every attempt', () => {
    quietErrors()

    test.each([
      ['a conflict', cancelled('TransactionConflict', 'None', 'None')],
      ['throttling', throttled],
      ['a time-out', timedOut],
    ])('(%s), a leave returns 503 within the time limit and changes nothing', async (_, error) => {
      const { me, other, roomId } = await createRoom('single')
      const start = Date.now()

      const { status, headers } = await withFault(
        failFirst(Infinity, 'TransactWriteItems', error),
        () => leaveChats(me, roomId, { timeLeftMs: 2500 }),
      )

      expect(status).toBe(503)
      expect(headers['retry-after']).toBe('1')
      expect(Date.now() - start).toBeLessThan(2500)
      expect(await listedRoomIds(me, 'single')).toEqual([roomId])
      expect(await listAll(other, 'single')).toMatchObject([{ room_name: `name of ${me}` }])
    })
  })
})

describe('an invalid room_id', () => {
  const values = ['', '0', '-1', '1.5', '1e3', '+1', ' ', 'x', '9007199254740992', '9'.repeat(30)]

  test.each(values)('"%s" is refused in the query string', async (value) => {
    const { status, body } = await leaveChats('me', encodeURIComponent(value))

    expect(status).toBe(400)
    expect(body.data).toMatchObject({ code: 'invalid_room_id', status: 400 })
  })

  test.each([
    ...values.map((value) => JSON.stringify(value)),
    'null',
    'true',
    '1.5',
    '-1',
    '[1]',
    '{}',
    '9007199254740993',
  ])('%s is refused in a JSON body', async (value) => {
    const { body } = await leaveChats('me', '', {
      query: '',
      headers: { 'content-type': 'application/json' },
      body: `{"room_id":${value}}`,
    })

    expect(body.data.code).toBe('invalid_room_id')
  })

  test.each([
    ['missing', { query: '' }],
    ['given twice', { query: 'room_id=1&room_id=1' }],
    ['missing in an empty JSON object', json('{}')],
    ['given twice in JSON', json('{"room_id":1,"room_id":1}')],
    ['given twice in JSON, escaped', json('{"room_id":1,"room\\u005fid":2}')],
    ['given twice in a form', form('room_id=1&room_id=1')],
    ['different in query and body', { ...json('{"room_id":2}'), query: 'room_id=1' }],
  ])('%s is refused', async (_, request) => {
    const { status, body } = await leaveChats('me', '', request)

    expect(status).toBe(400)
    expect(body.data.code).toBe('invalid_room_id')
  })

  test('is named in the message', async () => {
    const { body } = await leaveChats('me', 'abc')

    expect(body.data.message).toBe(
      'room_id is "abc": send one whole number from 1 to 9007199254740991, in plain digits',
    )
  })
})

describe('a body', () => {
  test('may be empty, and in base64', async () => {
    const { me, roomId } = await createRoom('group')

    const { status } = await leaveChats(me, '', { ...form(''), query: `room_id=${roomId}` })

    expect(status).toBe(200)
    expect(await listAll(me, 'group')).toEqual([])
  })

  test.each([
    ['not JSON', json('{room_id:1}')],
    ['a JSON string', json('"x"')],
    ['a JSON list', json('[]')],
    ['JSON null', json('null')],
    ['a JSON number', json('5')],
    ['an object with __proto__', json('{"__proto__":{"room_id":1}}')],
    ['an object with another field', json('{"room_id":1,"room":2}')],
    ['a form with another field', form('room_id=1&x=2')],
    ['longer than 1 KB', json(`{"room_id":1${' '.repeat(1024)}}`)],
    ['longer than 1 KB once decoded', form(`room_id=${'1'.repeat(1024)}`)],
    ['of an unknown type', { ...json('{"room_id":1}'), headers: { 'content-type': 'text/plain' } }],
    ['without a type', { ...form('room_id=1'), headers: {} }],
    ['not UTF-8', { ...form(''), body: Buffer.from([0xff, 0xfe]).toString('base64') }],
  ])('that is %s is refused as invalid_body and changes nothing', async (_, request) => {
    const { me, roomId } = await createRoom('group')

    const { status, body } = await leaveChats(me, '', { ...request, query: `room_id=${roomId}` })

    expect(status).toBe(400)
    expect(body.data.code).toBe('invalid_body')
    expect(await listedRoomIds(me, 'group')).toEqual([roomId])
  })
})

describe('a participant who has rejoined but has no listed row yet', () => {
  test.each(['single', 'group'] as const)(
    'can leave the %s room, and the join does not list it again',
    async (type) => {
      const { me, other, roomId } = await createRoom(type)
      const rejoin = joined(roomId, me, inAMinute())
      await leaveChats(me, roomId)
      await recordEvent(store, rejoin)

      const { status } = await leaveChats(me, roomId)
      await apply(rejoin)

      expect(status).toBe(200)
      await expectAlsoAfterNextEvent([roomId], async () => {
        expect(await listAll(me, type)).toEqual([])
        expect(await listAll(other, type)).toHaveLength(1)
      })
    },
  )
})

test('a leave also covers a rejoin that is recorded between its reads', async () => {
  const { me, roomId } = await createRoom('single')
  let hasRejoined = false

  const { status } = await intercept(
    async ({ command, send }) => {
      if (command === 'Query' && !hasRejoined) {
        hasRejoined = true
        await recordEvent(store, joined(roomId, me, inAMinute()))
      }
      return send()
    },
    () => leaveChats(me, roomId),
  )

  expect(hasRejoined).toBe(true)
  expect(status).toBe(200)
  await expectAlsoAfterNextEvent([roomId], async () => {
    expect(await listAll(me, 'single')).toEqual([])
  })
})

test('all calls of these tests together need exactly what the role of leave-chat grants', () => {
  expect(listNeeded(leaveChat)).toEqual(listGranted('leave-chat'))
})
