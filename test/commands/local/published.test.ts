import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import { createGateway } from '../../../commands/local/gateway.ts'
import { createIssuer } from '../../../commands/local/issuer.ts'
import {
  createPublishedList,
  formatRun,
  servePublished,
} from '../../../commands/local/published.ts'
import type { PublishedEvent } from '../../../lib/events/publish-changes.ts'

const makeLeave = (room_id: string): PublishedEvent => ({
  type: 'participant.left',
  detail: { occurred_at: '2026-01-05T09:00:00.000Z', room_id, email: 'me@example.com' },
})

const published = createPublishedList()
let app: FastifyInstance
let base: string
beforeAll(async () => {
  app = createGateway([], await createIssuer('http://127.0.0.1:3999'))
  servePublished(app, published)
  base = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => app.close())

const get = async (query = '') => {
  const response = await fetch(`${base}/local/published${query}`)
  return { status: response.status, body: await response.json() }
}
const listIds = async (query = '') => {
  const { body } = await get(query)
  return (body as { events: { id: number }[] }).events.map(({ id }) => id)
}

describe('GET /local/published', () => {
  test('has no events at first, and then those that were published as the bus has them', async () => {
    const before = await get()

    published.add([makeLeave('1')])
    published.add([makeLeave('2'), makeLeave('3')])

    expect(before).toEqual({ status: 200, body: { events: [] } })
    expect(await get('?after=2')).toEqual({
      status: 200,
      body: {
        events: [
          {
            id: 3,
            source: 'chat-inbox',
            'detail-type': 'participant.left',
            detail: {
              occurred_at: '2026-01-05T09:00:00.000Z',
              room_id: '3',
              email: 'me@example.com',
            },
          },
        ],
      },
    })
  })

  test('has the newest event last, and with after only the later ones', async () => {
    expect(await listIds()).toEqual([1, 2, 3])
    expect(await listIds('?after=0')).toEqual([1, 2, 3])
    expect(await listIds('?after=1')).toEqual([2, 3])
    expect(await listIds('?after=3')).toEqual([])
  })

  test('has all events after an id from before the server was started again', async () => {
    expect(await listIds('?after=4')).toEqual([1, 2, 3])
  })

  test.each([
    ['?after=', ''],
    ['?after=x', 'x'],
    ['?after=-1', '-1'],
    ['?after=1.5', '1.5'],
    ['?after=1&after=2', '1,2'],
    ['?after=1234567890123456', '1234567890123456'],
  ])('refuses %s with a sentence', async (query, value) => {
    expect(await get(query)).toEqual({
      status: 400,
      body: {
        message: `after is "${value}": set it to the id of an event, such as 7, or leave it out.`,
      },
    })
  })

  test('cannot be read by pages of other sites', async () => {
    const headersFor = async (origin: string) =>
      (await fetch(`${base}/local/published`, { headers: { origin } })).headers

    expect((await headersFor('https://evil.example')).has('access-control-allow-origin')).toBe(
      false,
    )
    expect((await headersFor('http://localhost:5173')).get('access-control-allow-origin')).toBe(
      'http://localhost:5173',
    )
  })

  test('keeps the newest 1,000 events', async () => {
    published.add(Array.from({ length: 1500 }, (_, index) => makeLeave(String(index))))

    const ids = await listIds()

    expect(ids).toHaveLength(1000)
    expect([ids.at(0), ids.at(-1)]).toEqual([504, 1503])
  })
})

test('the line about a run counts its events by their type and names nobody', () => {
  const changed: PublishedEvent = {
    type: 'inbox.changed',
    detail: {
      occurred_at: '2026-01-05T09:00:00.000Z',
      sequence: '1',
      email: 'me@example.com',
      room_id: 1,
      removed: true,
      unread_count: 0,
      muted: false,
    },
  }

  expect(
    formatRun([changed, makeLeave('1'), changed], 'http://127.0.0.1:3000/local/published'),
  ).toBe(
    'Published: 2 inbox.changed, 1 participant.left. See http://127.0.0.1:3000/local/published',
  )
})

test('once nothing more is published, each response says why', async () => {
  published.end('Nothing more is published.')

  expect((await get('?after=999999')).body).toMatchObject({ message: 'Nothing more is published.' })
})
