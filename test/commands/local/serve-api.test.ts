import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import { createIssuer } from '../../../commands/local/issuer.ts'
import { createPublishedList } from '../../../commands/local/published.ts'
import { createServer } from '../../../commands/local/serve-api.ts'
import { routes as apiRoutes } from '../../../lib/routes.ts'

let app: FastifyInstance
let base: string
beforeAll(async () => {
  const table = {
    endpoint: process.env['AWS_ENDPOINT_URL_DYNAMODB']!,
    tableName: process.env['TABLE_NAME']!,
  }
  const issuer = await createIssuer('http://127.0.0.1:3999')
  app = await createServer(issuer, table, createPublishedList())
  base = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => app.close())

let log: jest.SpiedFunction<typeof console.log>
beforeEach(() => {
  log = jest.spyOn(console, 'log').mockReturnValue()
})
afterEach(() => {
  jest.restoreAllMocks()
})

interface Sent {
  method: string
  path: string
}

/** Every route of the server, from the tree that it prints: a line for each, below the beginning of its path. */
const listRoutes = (): Sent[] => {
  const above: string[] = []
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent, part, methods] = /^([│├└─ ]+)(\S+) \((.*)\)/.exec(line) ?? []
      if (indent === undefined) return []
      const depth = indent.length / 4
      const path = `${above[depth - 1] ?? ''}${part}`
      above[depth] = path
      return methods!.split(', ').map((method) => ({ method, path }))
    })
}

/** fetch sets `Host` itself. */
const sendAs = async (host: string, { method, path }: Sent, headers = {}) => {
  const sent = request(`${base}${path}`, { method, headers: { host, ...headers } })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

test('the routes are those of the API, its tokens, the pages and the commands', () => {
  expect(listRoutes()).toEqual(
    expect.arrayContaining([
      ...apiRoutes.map(({ method, path }) => ({ method, path })),
      { method: 'GET', path: '/' },
      { method: 'GET', path: '/docs' },
      { method: 'GET', path: '/.well-known/jwks.json' },
      { method: 'GET', path: '/local/table' },
      { method: 'GET', path: '/local/published' },
      { method: 'GET', path: '/local/sample-users' },
      { method: 'POST', path: '/local/token' },
      { method: 'POST', path: '/local/events' },
    ]),
  )
})

describe('every route, and every path without one,', () => {
  const statusesAs = (host: string) =>
    Promise.all(
      [...listRoutes(), { method: 'GET', path: '/other' }].map(async (sent) => ({
        ...sent,
        status: (await sendAs(host, sent)).status,
      })),
    )

  test.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example:3000',
    'localhost@evil.example',
    'a b',
  ])('refuses the host %s', async (host) => {
    const statuses = await statusesAs(host)

    expect(statuses.filter(({ status }) => status !== 403)).toEqual([])
  })

  test.each(['localhost', 'localhost:3000', '127.0.0.1:3000', '192.168.1.5:3000', '[::1]:3000'])(
    'responds as %s',
    async (host) => {
      const statuses = await statusesAs(host)

      expect(statuses.filter(({ status }) => status === 403)).toEqual([])
    },
  )
})

describe('a request for another host', () => {
  test('gets a sentence that says what to do, with an id that is in the log', async () => {
    const { headers, body } = await sendAs('evil.example:80', {
      method: 'POST',
      path: '/local/token',
    })

    expect(JSON.parse(body)).toEqual({
      message: `The host "evil.example:80" is not this server: use localhost or an IP address of this machine, as in ${base}`,
    })
    expect(JSON.parse(String(log.mock.calls[0]))).toEqual({
      requestId: headers['apigw-requestid'],
      request: 'POST /local/token',
      status: 403,
    })
  })

  test('gets no headers for pages, not even as a preflight request', async () => {
    const { status, headers } = await sendAs(
      'evil.example',
      { method: 'OPTIONS', path: '/local/token' },
      { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
    )

    expect(status).toBe(403)
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  })
})
