import { describe, expect, test } from '@jest/globals'
import { handler as leaveChat } from '../../functions/leave-chat.ts'
import { handler as listGroupChats } from '../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../functions/list-personal-chats.ts'
import { store } from '../../lib/deps.ts'
import type { RoomType } from '../../lib/domain/room-state.ts'
import { recordEvent } from '../../lib/store/facts/record-event.ts'
import { type ApiRequest, call } from '../support/api-call.ts'
import { noteCalls } from '../support/calls.ts'
import {
  cancelled,
  conflict,
  failing,
  throttled,
  timedOut,
  unreachable,
  withFault,
} from '../support/faults.ts'
import {
  apply,
  at,
  freshEmail,
  freshId,
  listAll,
  listedRoomIds,
  posted,
  roomCreated,
  useTable,
} from '../support/world.ts'
import { quietErrors } from '../support/quiet-errors.ts'

useTable()

const leaveChats = (email: string, roomId: number | string, over: ApiRequest = {}) =>
  call(leaveChat, {
    method: 'POST',
    path: '/chat/leave',
    email,
    query: `room_id=${roomId}`,
    ...over,
  })

const createRoom = async (type: RoomType, ...emails: string[]): Promise<number> => {
  const roomId = freshId()
  await apply(roomCreated(roomId, type, emails))
  return roomId
}

describe('leaving a room', () => {
  test.each(['single', 'group'] as const)(
    'takes the newest %s room out of the list and lowers the total, at once, a hundred times',
    async (type) => {
      const [me, other] = [freshEmail(), freshEmail()]
      const roomIds = Array.from({ length: 100 }, freshId).reverse()
      await apply(...roomIds.map((roomId) => roomCreated(roomId, type, [me, other])))
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

  test('takes the leaver and the name out of the personal room of the one who stays', async () => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom('single', me, other)
    await apply(posted(roomId, 5, me, at(10), 'bye'))

    await leaveChats(me, roomId)

    const [row] = await listAll(other, 'single')
    expect(row).toMatchObject({ room_id: roomId, room_name: '', last_comment_message: 'bye' })
    expect(row!.participants!.map(({ email }) => email)).toEqual([other])
    expect(row!.unread_count).toBe(1)
  })

  test('succeeds again, and counts nothing twice', async () => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom('group', me, other)
    await createRoom('group', me, other)

    await leaveChats(me, roomId)
    const { status, body } = await leaveChats(me, roomId)

    expect({ status, body }).toEqual({ status: 200, body: { error: false } })
    expect(await listAll(me, 'group')).toHaveLength(1)
  })

  test('that is unknown, or that one was never in, answers the same 404', async () => {
    const roomId = await createRoom('group', freshEmail(), freshEmail())
    const stranger = freshEmail()

    const neverIn = await leaveChats(stranger, roomId)
    const unknown = await leaveChats(stranger, 987654321)

    expect(neverIn.status).toBe(404)
    expect(neverIn.body.data.code).toBe('room_not_found')
    expect(neverIn.text.replaceAll(String(roomId), '?')).toBe(
      unknown.text.replaceAll('987654321', '?'),
    )
  })

  test('lets one come back by a later joining only', async () => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom('single', me, other)
    const participant = { id: 1, email: me, username: 'me', avatar_url: '' }
    const join = (occurred_at: string) =>
      apply({ type: 'participant.joined', occurred_at, room_id: roomId, participant })

    await leaveChats(me, roomId)
    await join(at(1000))
    const early = await listedRoomIds(me, 'single')
    await join(new Date(Date.now() + 60_000).toISOString())

    expect(early).toEqual([])
    expect(await listedRoomIds(me, 'single')).toEqual([roomId])
  })

  test('that was joined in the future leaves it all the same', async () => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'group', [me, other], '2096-01-01T00:00:00.000Z'))

    await leaveChats(me, roomId)

    expect(await listedRoomIds(me, 'group')).toEqual([])
  })
})

describe('leaves at the same moment', () => {
  test('50 of one room are one leave', async () => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom('single', me, other)
    const staying = await createRoom('single', me, other)

    const answers = await Promise.all(Array.from({ length: 50 }, () => leaveChats(me, roomId)))

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await listedRoomIds(me, 'single')).toEqual([staying])
  })

  test.each(['single', 'group'] as const)(
    '50 of 50 %s rooms leave the total right',
    async (type) => {
      const [me, other] = [freshEmail(), freshEmail()]
      const roomIds = Array.from({ length: 51 }, freshId)
      await apply(...roomIds.map((roomId) => roomCreated(roomId, type, [me, other])))

      await Promise.all(roomIds.slice(1).map((roomId) => leaveChats(me, roomId)))

      expect(await listedRoomIds(me, type)).toEqual([roomIds[0]])
      expect(await listAll(other, type)).toHaveLength(51)
    },
  )

  test('both people can leave one personal room', async () => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom('single', me, other)

    const answers = await Promise.all([leaveChats(me, roomId), leaveChats(other, roomId)])

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await listAll(me, 'single')).toEqual([])
    expect(await listAll(other, 'single')).toEqual([])
  })

  test('a comment that is applied meanwhile does not bring the room back', async () => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom('single', me, other)

    await Promise.all([
      leaveChats(me, roomId),
      ...[1, 2, 3, 4, 5].map((id) => apply(posted(roomId, id, other, at(id)))),
    ])

    expect(await listAll(me, 'single')).toEqual([])
    expect(await listAll(other, 'single')).toMatchObject([
      { last_comment_id: 5, room_name: '', participants: [{ email: other }] },
    ])
  })
})

describe('the price of leaving', () => {
  test.each([
    { type: 'group', commands: ['BatchGetItem', 'TransactWriteItems'] },
    { type: 'single', commands: ['BatchGetItem', 'Query', 'TransactWriteItems', 'GetItem'] },
  ] as const)('a $type room is $commands, read consistently', async ({ type, commands }) => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom(type, me, other)

    const calls = await noteCalls(() => leaveChats(me, roomId))

    expect(calls.map(({ command }) => command)).toEqual(commands)
    const [batch, query] = calls.map(({ input }) => input as any)
    expect(Object.values<any>(batch.RequestItems)[0].ConsistentRead).toBe(true)
    if (type === 'single') {
      expect(query.ConsistentRead).toBe(true)
      expect(calls.at(-1)!.input['ConsistentRead']).toBe(true)
    }
  })
})

describe('with a fault in', () => {
  const calls = {
    group: ['BatchGetItemCommand', 'TransactWriteItemsCommand'],
    single: ['BatchGetItemCommand', 'QueryCommand', 'TransactWriteItemsCommand'],
  }
  const passing = {
    throttled,
    conflict,
    'cancelled for a conflict': cancelled('None', 'TransactionConflict', 'None'),
    'cancelled for throttling': cancelled('ThrottlingError', 'None', 'None'),
    'timed out': timedOut,
    unreachable,
  }
  const rows = Object.entries(calls).flatMap(([type, commands]) =>
    commands.flatMap((command) =>
      Object.entries(passing).map(([fault, error]) => ({
        type: type as RoomType,
        command,
        fault,
        error,
      })),
    ),
  )

  test.each(rows)('$command of a $type room ($fault), it leaves once', async (row) => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom(row.type, me, other)

    const { status } = await withFault(failing(1, row.command, row.error), () =>
      leaveChats(me, roomId),
    )

    expect(status).toBe(200)
    expect(await listAll(me, row.type)).toEqual([])
    expect(await listAll(other, row.type)).toHaveLength(1)
  })

  test.each(['single', 'group'] as const)(
    'the answer of a transaction that took effect, a %s room is left once',
    async (type) => {
      const [me, other] = [freshEmail(), freshEmail()]
      const roomId = await createRoom(type, me, other)

      const { status } = await withFault(
        failing(1, 'TransactWriteItemsCommand', timedOut),
        () => leaveChats(me, roomId),
        'after',
      )

      expect(status).toBe(200)
      expect(await listAll(me, type)).toEqual([])
    },
  )

  describe('every try', () => {
    quietErrors()

    test.each([
      ['conflicts', cancelled('TransactionConflict', 'None', 'None')],
      ['throttling', throttled],
      ['time-outs', timedOut],
    ])('%s end in 503 within the time limit, and nothing is half done', async (_, error) => {
      const [me, other] = [freshEmail(), freshEmail()]
      const roomId = await createRoom('single', me, other)
      const start = Date.now()

      const { status, headers } = await withFault(
        failing(Infinity, 'TransactWriteItemsCommand', error),
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

describe('a room_id that is wrong', () => {
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

  test('names the value in the message', async () => {
    const { body } = await leaveChats('me', 'abc')

    expect(body.data.message).toBe(
      'room_id is "abc": send one whole number from 1 to 9007199254740991, in plain digits',
    )
  })
})

function json(body: string): ApiRequest {
  return { query: '', headers: { 'content-type': 'application/json; charset=utf-8' }, body }
}

/** Forms arrive from API Gateway as base64. */
function form(body: string): ApiRequest {
  return {
    query: '',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  }
}

describe('a body', () => {
  test.each([
    ['a JSON number', (id: number) => json(`{"room_id":${id}}`)],
    ['a JSON string', (id: number) => json(`{"room_id":"${id}"}`)],
    ['a form field', (id: number) => form(`room_id=${id}`)],
    [
      'JSON that agrees with the query',
      (id: number) => ({ ...json(`{"room_id":${id}}`), query: `room_id=${id}` }),
    ],
    ['nothing, whatever its type says', (id: number) => ({ ...json(''), query: `room_id=${id}` })],
  ])('may name the room as %s', async (_, request) => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom('group', me, other)

    const { status } = await leaveChats(me, '', request(roomId))

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
    ['over 1 KB', json(`{"room_id":1${' '.repeat(1024)}}`)],
    ['over 1 KB decoded', form(`room_id=${'1'.repeat(1024)}`)],
    ['of an unknown type', { ...json('{"room_id":1}'), headers: { 'content-type': 'text/plain' } }],
    ['without a type', { ...form('room_id=1'), headers: {} }],
    ['not UTF-8', { ...form(''), body: Buffer.from([0xff, 0xfe]).toString('base64') }],
  ])('%s is refused as invalid_body, and nothing is written', async (_, request) => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom('group', me, other)

    const { status, body } = await leaveChats(me, '', { ...request, query: `room_id=${roomId}` })

    expect(status).toBe(400)
    expect(body.data.code).toBe('invalid_body')
    expect(await listedRoomIds(me, 'group')).toEqual([roomId])
  })
})

describe('one who has come back, and whose row is not listed again yet,', () => {
  test.each(['single', 'group'] as const)('can leave the %s room for good', async (type) => {
    const [me, other] = [freshEmail(), freshEmail()]
    const roomId = await createRoom(type, me, other)
    const rejoining = {
      type: 'participant.joined' as const,
      occurred_at: new Date(Date.now() + 60_000).toISOString(),
      room_id: roomId,
      participant: { id: 1, email: me, username: 'me', avatar_url: '' },
    }
    await leaveChats(me, roomId)
    await recordEvent(store, rejoining)

    const { status } = await leaveChats(me, roomId)
    await apply(rejoining)

    expect(status).toBe(200)
    expect(await listAll(me, type)).toEqual([])
    expect(await listAll(other, type)).toHaveLength(1)
  })
})

test('a rejoining between the reads of a leave is left as well', async () => {
  const [me, other] = [freshEmail(), freshEmail()]
  const roomId = await createRoom('single', me, other)
  const rejoining = {
    type: 'participant.joined' as const,
    occurred_at: new Date(Date.now() + 60_000).toISOString(),
    room_id: roomId,
    participant: { id: 1, email: me, username: 'me', avatar_url: '' },
  }
  let rejoined = false
  store.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context['commandName'] === 'QueryCommand' && !rejoined) {
        rejoined = true
        await recordEvent(store, rejoining)
      }
      return next(args)
    },
    { name: 'rejoin', step: 'initialize' },
  )

  const { status } = await leaveChats(me, roomId)
  store.client.middlewareStack.remove('rejoin')

  expect(rejoined).toBe(true)
  expect(status).toBe(200)
  expect(await listAll(me, 'single')).toEqual([])
})
