import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { FastifyInstance } from 'fastify'
import { createGateway } from '../../../commands/local/gateway.ts'
import { createIssuer } from '../../../commands/local/issuer.ts'
import { servePage } from '../../../commands/local/serve-page.ts'
import { createTable } from '../../../commands/local/table.ts'
import { withFault } from '../../support/faults.ts'
import { quietErrors } from '../../support/quiet-errors.ts'

let app: FastifyInstance
let base: string
beforeAll(async () => {
  await createTable(new DynamoDBClient(), process.env['TABLE_NAME']!)
  app = createGateway([], await createIssuer('http://127.0.0.1:3999'))
  servePage(app)
  base = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => app.close())

describe('POST /local/events', () => {
  const log = quietErrors()
  const send = async (event: unknown, headers: Record<string, string> = {}) => {
    const body = JSON.stringify(event)
    const response = await fetch(`${base}/local/events`, { method: 'POST', headers, body })
    return { status: response.status, body: await response.json() }
  }
  const renaming = {
    'detail-type': 'room.updated',
    detail: { occurred_at: '2017-09-03T08:00:00Z', room_id: 32898, room_name: 'Trip to Lombok' },
  }

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
      body: { message: 'The event could not be applied: see the output of npm start.' },
    })
    expect(inspect(log.mock.calls)).toContain('the disk is full')
  })

  test('responds with the reason although another request logs an error meanwhile', async () => {
    const created = (room_type: string) => ({
      'detail-type': 'room.created',
      detail: {
        occurred_at: '2017-09-03T08:00:00Z',
        room_id: 7,
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
      body: { message: 'room 7 is known as a group room: the type of a room never changes' },
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
})

test('the pages get the sample users', async () => {
  const response = await fetch(`${base}/local/sample-users`)

  expect(await response.json()).toEqual([
    'ana@example.com',
    'arizal@example.com',
    'john.doe@example.com',
    'tes5@tes.com',
  ])
})

test('the API document has nothing that Swagger UI fills in and that contradicts what a person fills in', async () => {
  const response = await fetch(`${base}/local/openapi.json`)
  const text = await response.text()
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, object>> }

  expect(paths['/chat/leave']!['post']).toHaveProperty('parameters')
  expect(paths['/chat/leave']!['post']).not.toHaveProperty('requestBody')
  expect(text).not.toContain('"default":')
})

test.each(['/', '/docs'])('%s may load from this server only', async (path) => {
  const { status, headers } = await fetch(`${base}${path}`)

  expect(status).toBe(200)
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/)
  expect(headers.get('content-security-policy')).not.toMatch(/https?:|\*|unsafe/)
})
