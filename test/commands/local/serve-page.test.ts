import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import { createGateway } from '../../../commands/local/gateway.ts'
import { createIssuer } from '../../../commands/local/issuer.ts'
import { servePage } from '../../../commands/local/serve-page.ts'

let app: FastifyInstance
let base: string
beforeAll(async () => {
  app = createGateway([], await createIssuer('http://127.0.0.1:3999'))
  servePage(app)
  base = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => app.close())

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
