import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { FastifyInstance } from 'fastify'
import { createGateway } from '../../../commands/local/gateway.ts'
import { createIssuer } from '../../../commands/local/issuer.ts'
import { servePage } from '../../../commands/local/serve-page.ts'
import { createTable } from '../../../commands/local/table.ts'
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
  quietErrors()
  const send = async (event: unknown, headers: Record<string, string> = {}) => {
    const body = JSON.stringify(event)
    const answer = await fetch(`${base}/local/events`, { method: 'POST', headers, body })
    return { status: answer.status, body: await answer.json() }
  }
  const renaming = {
    'detail-type': 'room.updated',
    detail: { occurred_at: '2017-09-03T08:00:00Z', room_id: 32898, room_name: 'Trip to Lombok' },
  }

  test('applies an event', async () => {
    expect(await send(renaming)).toEqual({ status: 200, body: {} })
  })

  test('answers with the reason why an event is refused, each its own', async () => {
    const answers = await Promise.all([
      send({ ...renaming, detail: { ...renaming.detail, room_id: 0 } }),
      send(renaming),
      send({ detail: {} }),
    ])

    expect(answers).toEqual([
      { status: 400, body: { message: 'detail.room_id is less than 1' } },
      { status: 200, body: {} },
      { status: 400, body: { message: 'event.detail-type is missing' } },
    ])
  })

  test('refuses events from the pages of another site', async () => {
    expect((await send(renaming, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })
})

test('the API document has nothing that Swagger UI fills in and that contradicts what a person fills in', async () => {
  const answer = await fetch(`${base}/local/openapi.json`)
  const text = await answer.text()
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
