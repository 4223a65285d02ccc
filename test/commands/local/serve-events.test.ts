import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import { createGateway } from '../../../commands/local/gateway.ts'
import { createIssuer } from '../../../commands/local/issuer.ts'
import { serveEvents } from '../../../commands/local/serve-events.ts'
import { withFault } from '../../support/faults.ts'
import { createRoom, findRow, freshId, useTable } from '../../support/inbox.ts'
import { quietErrors } from '../../support/quiet-errors.ts'

useTable()

const log = quietErrors()

let app: FastifyInstance
let base: string
beforeAll(async () => {
  app = createGateway([], await createIssuer('http://127.0.0.1:3999'))
  serveEvents(app)
  base = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => app.close())

const sendText = async (body: string) => {
  const response = await fetch(`${base}/local/events`, { method: 'POST', body })
  return { status: response.status, body: await response.json() }
}
const send = (event: unknown) => sendText(JSON.stringify(event))

const rename = (room_id: number, room_name = 'Trip to Lombok') => ({
  'detail-type': 'room.updated',
  detail: { occurred_at: new Date().toISOString(), room_id, room_name },
})
const renaming = rename(32898)

test('applies an event', async () => {
  expect(await send(renaming)).toEqual({ status: 200, body: {} })
})

test('responds with the reason why an event is refused, each its own', async () => {
  const responses = await Promise.all([
    send({ ...renaming, detail: { ...renaming.detail, room_id: 0 } }),
    send(renaming),
    send({ detail: {} }),
  ])

  expect(responses).toEqual([
    { status: 400, body: { message: 'detail.room_id is less than 1' } },
    { status: 200, body: {} },
    { status: 400, body: { message: 'event.detail-type is missing' } },
  ])
})

test('returns 500 without details if the table fails, which are in the log', async () => {
  const broken = () => new Error('the disk is full')

  const response = await withFault(broken, () => send(renaming))

  expect(response).toEqual({
    status: 500,
    body: { message: 'the event could not be applied: see the output of npm start' },
  })
  expect(inspect(log.mock.calls)).toContain('the disk is full')
})

test('responds with the reason although another request logs an error meanwhile', async () => {
  const created = (room_type: string) => ({
    'detail-type': 'room.created',
    detail: {
      occurred_at: '2017-09-03T08:00:00Z',
      room_id: 7007,
      room_type,
      room_name: '',
      room_avatar_url: '',
      participants: [],
    },
  })
  await send(created('group'))
  const logError = () => {
    console.error(new Error('another request failed'))
    return undefined
  }

  const response = await withFault(logError, () => send(created('single')))

  expect(response).toEqual({
    status: 400,
    body: { message: 'room 7007 is known as a group room: the type of a room never changes' },
  })
})

/** fetch sets `Host` itself. */
const sendAs = async (headers: Record<string, string>) => {
  const sent = request(`${base}/local/events`, { method: 'POST', headers })
  sent.end(JSON.stringify(renaming))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode
}

test.each([
  ['the form on this machine', { host: 'localhost:3000', origin: 'http://localhost:3000' }],
  ['the form on another device', { host: '192.168.1.5:3000', origin: 'http://192.168.1.5:3000' }],
  ['the form over IPv6', { host: '[::1]:3000', origin: 'http://[::1]:3000' }],
  ['curl', { host: '127.0.0.1:3000' }],
])('takes events from %s', async (_, headers) => {
  expect(await sendAs(headers)).toBe(200)
})

test.each([
  ['another site', { host: '127.0.0.1:3000', 'sec-fetch-site': 'cross-site' }],
  ['another port of this machine', { host: 'localhost:3000', 'sec-fetch-site': 'same-site' }],
  [
    'another site, in a browser without Sec-Fetch-Site',
    { host: '192.168.1.5:3000', origin: 'https://evil.example' },
  ],
  ['a page without an origin', { host: '127.0.0.1:3000', origin: 'null' }],
])('refuses events from %s', async (_, headers) => {
  expect(await sendAs(headers)).toBe(403)
})

const createRooms = async (count: number) => {
  const rooms = await Promise.all(Array.from({ length: count }, () => createRoom('group')))
  const findName = async ({ me, roomId }: (typeof rooms)[number]) =>
    (await findRow(me, roomId, 'group'))?.room_name
  return {
    ids: rooms.map(({ roomId }) => roomId),
    names: () => Promise.all(rooms.map(findName)),
  }
}

const toLines = (...events: object[]) => events.map((event) => JSON.stringify(event))

describe('several events', () => {
  test('are applied from a list', async () => {
    const { ids, names } = await createRooms(2)

    const response = await send([rename(ids[0]!, 'A'), rename(ids[1]!, 'B')])

    expect(response).toEqual({ status: 200, body: {} })
    expect(await names()).toEqual(['A', 'B'])
  })

  test.each([
    ['lines', (lines: string[]) => lines.join('\n')],
    ['lines with blank ones between them', (lines: string[]) => `\n\n${lines.join('\n \n')}\n\n`],
    ['lines of Windows', (lines: string[]) => `${lines.join('\r\n')}\r\n`],
    ['lines behind a byte order mark', (lines: string[]) => `\uFEFF${lines.join('\n')}`],
    ['a list behind a byte order mark', (lines: string[]) => `\uFEFF[${lines.join()}]`],
    [
      'an entry with several',
      (lines: string[]) => `{"detail-type":"events","detail":{"events":[${lines.join()}]}}`,
    ],
  ])('are applied from %s', async (_, format) => {
    const { ids, names } = await createRooms(2)
    const lines = toLines(rename(ids[0]!, 'A'), rename(ids[1]!, 'B'))

    const response = await sendText(format(lines))

    expect(response).toEqual({ status: 200, body: {} })
    expect(await names()).toEqual(['A', 'B'])
  })

  test('are each found by the number of the line, and the right ones are applied', async () => {
    const { ids, names } = await createRooms(2)
    const [first, second] = toLines(rename(ids[0]!, 'A'), rename(ids[1]!, 'B'))
    const [wrong] = toLines(rename(0))

    const response = await sendText([first, '', wrong, '{', '5', second].join('\n'))

    expect(response).toEqual({
      status: 400,
      body: {
        message:
          'Not applied: 3 of 5 events. line 3: detail.room_id is less than 1; line 4: the message is not JSON; line 5: event is not an object',
      },
    })
    expect(await names()).toEqual(['A', 'B'])
  })

  test('are each found by the number in the list, and the right ones are applied', async () => {
    const { ids, names } = await createRooms(1)
    const several = {
      'detail-type': 'events',
      detail: { events: [rename(ids[0]!, 'A'), rename(0)] },
    }

    const response = await send([null, several])

    expect(response).toEqual({
      status: 400,
      body: {
        message:
          'Not applied: 2 of 3 events. event 1 of the list: event is not an object; event 2 of the list: detail.events[1]: detail.room_id is less than 1',
      },
    })
    expect(await names()).toEqual(['A'])
  })

  test('are named up to ten', async () => {
    const { body } = await send(Array.from({ length: 12 }, () => rename(0)))

    const { message } = body as { message: string }
    expect(message).toMatch(/^Not applied: 12 of 12 events[.] event 1 of the list: /)
    expect(message.match(/of the list/g)).toHaveLength(10)
    expect(message).toMatch(/; and 2 others$/)
  })

  test('are applied up to a hundred, and none of more', async () => {
    const { ids, names } = await createRooms(1)
    const events = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        'detail-type': 'comment.posted',
        detail: {
          occurred_at: '2017-09-03T08:00:00Z',
          room_id: ids[0],
          comment_id: index + 1,
          email: 'me@example.com',
          message: '',
        },
      }))

    const responses = [await send(events(100)), await send([...events(100), rename(ids[0]!)])]

    expect(responses).toEqual([
      { status: 200, body: {} },
      {
        status: 400,
        body: {
          message:
            'The body has 101 events: send at most 100 at once, or import them from a file with npm run import.',
        },
      },
    ])
    expect(await names()).not.toEqual(['Trip to Lombok'])
  })

  test('get 500 if the table fails, with those that are wrong besides', async () => {
    const broken = () => new Error('the disk is full')

    const response = await withFault(broken, () => send([rename(freshId()), rename(0)]))

    expect(response).toEqual({
      status: 500,
      body: {
        message:
          'Not applied: 2 of 2 events. event 1 of the list: the event could not be applied: see the output of npm start; event 2 of the list: detail.room_id is less than 1',
      },
    })
    expect(log).toHaveBeenCalledTimes(1)
  })
})

const howToSend = 'send an event, a list of events, or an event on each line.'

test.each([
  ['', `The body is empty: ${howToSend}`],
  [' \r\n', `The body is empty: ${howToSend}`],
  ['\uFEFF', `The body is empty: ${howToSend}`],
  ['[]', `The list is empty: ${howToSend}`],
  ['null', `The body is null: ${howToSend}`],
  ['5', `The body is a number: ${howToSend}`],
  ['"{}"', `The body is a string: ${howToSend}`],
  ['{"a":', `The body is not JSON (Unexpected end of JSON input): ${howToSend}`],
  [
    '{\n  "a": 1,\n}',
    `The body is not JSON (Expected double-quoted property name in JSON at position 12 (line 3 column 1)): ${howToSend}`,
  ],
  [
    '[\n{}\n{}\n]',
    `The body is not JSON (Expected ',' or ']' after array element in JSON at position 5 (line 3 column 1)): ${howToSend}`,
  ],
])('the body %j is refused with a sentence', async (body, message) => {
  expect(await sendText(body)).toEqual({ status: 400, body: { message } })
})

test('a line of 2 MB is refused by its number', async () => {
  const long = 'x'.repeat(2_000_000)
  const comment = {
    'detail-type': 'comment.posted',
    detail: {
      occurred_at: '2017-09-03T08:00:00Z',
      room_id: 1,
      comment_id: 1,
      email: 'me@example.com',
      message: long,
    },
  }

  const response = await sendText([...toLines(comment), long, ...toLines(renaming)].join('\n'))

  expect(response).toEqual({
    status: 400,
    body: {
      message:
        'Not applied: 2 of 3 events. line 1: detail.message is longer than 1048576 characters; line 2: the message is not JSON',
    },
  })
})

test('a body of more than 10 MB is refused with what to do', async () => {
  const response = await sendText(' '.repeat(10 * 1024 * 1024 + 1))

  expect(response).toEqual({
    status: 413,
    body: {
      message:
        'The body is larger than 10 MB: send fewer events at once, or import them from a file with npm run import.',
    },
  })
})
