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
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import type { FastifyInstance } from 'fastify'
import { createGateway } from '../../../commands/local/gateway.ts'
import type { ApiFunction } from '../../../commands/local/invoke.ts'
import { createIssuer, type Issuer } from '../../../commands/local/issuer.ts'
import { handler as leaveChat } from '../../../functions/leave-chat.ts'
import { handler as listAllChats } from '../../../functions/list-all-chats.ts'
import { handler as listGroupChats } from '../../../functions/list-group-chats.ts'
import { handler as listPersonalChats } from '../../../functions/list-personal-chats.ts'
import { type Route, routes } from '../../../lib/routes.ts'
import { type OperationId, operationsByPath } from '../../support/api-document.ts'
import { toHttp, toTokenRequest } from '../../support/api-event.ts'
import { chats, expectTheApi, type Send } from '../../support/api-expectations.ts'
import { expectDocumented } from '../../support/documented.ts'
import { apply, useTable } from '../../support/inbox.ts'

useTable()

const requestId = /^[\w-]{15}=$/
const issuerUrl = 'http://127.0.0.1:3999'
let issuer: Issuer
let app: FastifyInstance
let token: string
let base: string
/** What the function was called with, and what it returns. */
let seen: APIGatewayProxyEventV2WithJWTAuthorizer
let response: () => ReturnType<ApiFunction>
/** The lines that the gateway wrote to its log. */
let logged: () => unknown[]

beforeEach(() => {
  const log = jest.spyOn(console, 'log').mockReturnValue()
  logged = () => log.mock.calls.map(([line]) => JSON.parse(String(line)))
  response = () => Promise.resolve({ statusCode: 200, body: '{}' })
})
beforeAll(async () => {
  issuer = await createIssuer(issuerUrl)
  token = await issuer.token({ email: 'me@example.com', claims: { roles: ['a', 'b'], age: 5 } })
  const handler: ApiFunction = (event) => {
    seen = event
    return response()
  }
  app = createGateway(
    [
      { method: 'GET', path: '/chat/personal', handler },
      { method: 'POST', path: '/chat/leave', handler },
    ],
    issuer,
  )
  base = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterEach(() => {
  jest.restoreAllMocks()
})
afterAll(() => app.close())

interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: Buffer
}

const request = async (path: string, { method = 'GET', headers = {}, body }: Sent = {}) => {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body && { body }),
  })
  const received = {
    statusCode: response.status,
    headers: response.headers,
    body: await response.text(),
  }
  expectDocumentedRefusal(`${method} ${path}`, received)
  return received
}

const operationIds: Record<string, OperationId> = {
  'GET /chat/personal': 'listPersonalChats',
  'POST /chat/leave': 'leaveChat',
}

/**
 * Expects that docs/openapi.yaml describes what the gateway itself returns on the path of an operation. Of other
 * responses it says nothing: those of the function are made up here, and headers for pages are not part of it.
 */
const expectDocumentedRefusal = (
  route: string,
  { statusCode, headers, body }: { statusCode: number; headers: Headers; body: string },
) => {
  const id = operationIds[route]
  if (id === undefined || !body.startsWith('{"message":')) return
  expectDocumented(id, {
    status: statusCode,
    headers: Object.fromEntries(
      [...headers].filter(([name]) => !name.startsWith('access-control-')),
    ),
    body: JSON.parse(body),
  })
}

describe('the event that a function gets', () => {
  test('has the route, the path and the query string, repeated values joined by commas', async () => {
    await request('/chat/personal?page=1&limit=5&page=2&empty=&room%20id=%2B+')

    expect(seen).toMatchObject({
      version: '2.0',
      routeKey: 'GET /chat/personal',
      rawPath: '/chat/personal',
      rawQueryString: 'page=1&limit=5&page=2&empty=&room%20id=%2B+',
      queryStringParameters: { page: '1,2', limit: '5', empty: '', 'room id': '+ ' },
      isBase64Encoded: false,
      requestContext: { stage: '$default', http: { method: 'GET', path: '/chat/personal' } },
    })
  })

  test('has the decoded path', async () => {
    await request('/chat/%70ersonal?room%20id=1')

    expect(seen.rawPath).toBe('/chat/personal')
    expect(seen.requestContext.http.path).toBe('/chat/personal')
    expect(seen.rawQueryString).toBe('room%20id=1')
  })

  test('has the headers that API Gateway adds, and none of the connection', async () => {
    await request('/chat/personal', { headers: { 'x-forwarded-for': '192.0.2.1' } })

    expect(seen.headers).toMatchObject({
      'content-length': '0',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      'x-forwarded-for': '192.0.2.1, 127.0.0.1',
      'x-forwarded-port': new URL(base).port,
      'x-forwarded-proto': 'http',
    })
    expect(seen.headers).not.toHaveProperty('connection')
  })

  test('has the time in the common log format, and the id of the response', async () => {
    const { headers } = await request('/chat/personal')
    const { time, timeEpoch, requestId } = seen.requestContext

    expect(time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
    expect(new Date(time.replace(':', ' ')).getTime()).toBe(timeEpoch - (timeEpoch % 1000))
    expect(headers.get('apigw-requestid')).toBe(requestId)
  })

  test('has no query parameters and no body where there are none', async () => {
    await request('/chat/personal')

    expect(seen).not.toHaveProperty('queryStringParameters')
    expect(seen).not.toHaveProperty('body')
  })

  test('has lower-case headers, and cookies on their own', async () => {
    await request('/chat/personal', { headers: { 'If-None-Match': 'W/"1"', Cookie: 'a=1; b=2' } })

    expect(seen.headers['if-none-match']).toBe('W/"1"')
    expect(seen.headers).not.toHaveProperty('cookie')
    expect(seen.cookies).toEqual(['a=1', 'b=2'])
  })

  test('has the claims as strings', async () => {
    await request('/chat/personal')

    expect(seen.requestContext.authorizer.jwt.claims).toMatchObject({
      email: 'me@example.com',
      email_verified: 'true',
      roles: '[a b]',
      age: '5',
      iss: issuerUrl,
    })
  })

  test.each([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['text/plain', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['no type at all', true],
    [';', true],
    [undefined, true],
  ])('has a body of type %s base64-encoded: %s', async (type, isBase64Encoded) => {
    const body = 'room_id=1'
    await request('/chat/leave', {
      method: 'POST',
      body: Buffer.from(body),
      headers: type === undefined ? {} : { 'content-type': type },
    })

    expect(seen.isBase64Encoded).toBe(isBase64Encoded)
    expect(seen.headers['content-type']).toBe(type)
    expect(seen.headers['content-length']).toBe(String(body.length))
    expect(seen.body).toBe(isBase64Encoded ? Buffer.from(body).toString('base64') : body)
  })
})

describe('the response that a caller gets', () => {
  test('is what the function returns, decoded', async () => {
    response = () =>
      Promise.resolve({
        statusCode: 418,
        headers: { 'x-tea': 'green' },
        body: Buffer.from('pot').toString('base64'),
        isBase64Encoded: true,
      })

    const { statusCode, headers, body } = await request('/chat/personal')

    expect({ statusCode, body, tea: headers.get('x-tea') }).toEqual({
      statusCode: 418,
      body: 'pot',
      tea: 'green',
    })
  })

  test.each([
    [200, '{}', {}, 'text/plain; charset=utf-8'],
    [304, undefined, {}, 'text/plain; charset=utf-8'],
    [200, '{}', { 'Content-Type': 'application/json' }, 'application/json'],
    [304, undefined, { 'content-type': 'application/json' }, 'application/json'],
  ])('of status %i with body %s and headers %j has the type %s', async (...given) => {
    const [statusCode, body, headers, type] = given
    response = () => Promise.resolve({ statusCode, headers, ...(body !== undefined && { body }) })

    const received = await request('/chat/personal')

    expect(received.statusCode).toBe(statusCode)
    expect(received.headers.get('content-type')).toBe(type)
  })

  test.each([
    ['an unknown path', 'GET', '/chat/other'],
    ['another method', 'DELETE', '/chat/personal'],
    ['HEAD', 'HEAD', '/chat/personal'],
    ['a path with a slash more', 'GET', '/chat/personal/'],
    ['OPTIONS without a page of another origin', 'OPTIONS', '/chat/personal'],
  ])('to %s is 404 of API Gateway, and a line in the log', async (_, method, url) => {
    const { statusCode, headers, body } = await request(`${url}?cursor=x`, { method })

    expect(statusCode).toBe(404)
    expect(headers.get('content-type')).toBe('application/json')
    if (method !== 'HEAD') expect(body).toBe('{"message":"Not Found"}')
    expect(logged()).toEqual([
      { requestId: headers.get('apigw-requestid'), request: `${method} ${url}`, status: 404 },
    ])
  })

  test('to a path that is not encoded correctly is 400, with an id', async () => {
    const { statusCode, headers, body } = await request('/chat/%E0%A4%A')

    expect(statusCode).toBe(400)
    expect(body).toBe('{"message":"Bad Request"}')
    expect(headers.get('apigw-requestid')).toMatch(requestId)
  })

  test('to a body over 10 MB is 413', async () => {
    const received = await request('/chat/leave', {
      method: 'POST',
      body: Buffer.alloc(10 * 1024 * 1024 + 1),
    })

    expect(received.statusCode).toBe(413)
    expect(received.headers.get('apigw-requestid')).toMatch(requestId)
  })

  test('of a function that fails is 500 of API Gateway', async () => {
    const errors = jest.spyOn(console, 'error').mockReturnValue()
    response = () => Promise.reject(new Error('crash'))

    const received = await request('/chat/personal')

    expect(received.statusCode).toBe(500)
    expect(received.body).toBe('{"message":"Internal Server Error"}')
    expect(received.headers.get('apigw-requestid')).toMatch(requestId)
    expect(errors).toHaveBeenCalledWith(new Error('crash'))
  })

  test('of a function that takes more than its ten seconds is 500 of API Gateway', async () => {
    const errors = jest.spyOn(console, 'error').mockReturnValue()
    const limits = jest.spyOn(globalThis, 'setTimeout')
    const isCalled = new Promise<void>((resolve) => {
      response = () => {
        resolve()
        return new Promise(() => undefined)
      }
    })

    const received = request('/chat/personal')
    await isCalled
    const [endTime] = limits.mock.calls.find(([, ms]) => ms === 10_000)!
    endTime()
    const { statusCode, body } = await received

    expect(statusCode).toBe(500)
    expect(body).toBe('{"message":"Internal Server Error"}')
    expect(errors).toHaveBeenCalledWith('Task timed out after 10 seconds')
  })
})

describe('in front of the functions', () => {
  const functions: Record<Route['functionName'], ApiFunction> = {
    'list-personal-chats': listPersonalChats,
    'list-group-chats': listGroupChats,
    'list-all-chats': listAllChats,
    'leave-chat': leaveChat,
  }
  let api: FastifyInstance
  let apiBase: string
  beforeAll(async () => {
    await apply(...chats)
    api = createGateway(
      routes.map((route) => ({ ...route, handler: functions[route.functionName] })),
      issuer,
    )
    apiBase = await api.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => api.close())

  const send: Send = async (sent) => {
    const { url, headers, ...init } = toHttp(sent)
    const token = await issuer.token(toTokenRequest(sent))
    const received = await fetch(`${apiBase}${url}`, {
      ...init,
      headers: { ...headers, authorization: `Bearer ${token}` },
    })
    const text = await received.text()
    const response = {
      status: received.status,
      headers: Object.fromEntries(received.headers),
      text,
      body: text === '' ? undefined : JSON.parse(text),
    }
    expectDocumented(operationsByPath[sent.path!]!, response)
    return response
  }

  expectTheApi(test, send)
})

describe('a page of another origin', () => {
  const preflight = (origin: string, path = '/chat/personal') =>
    request(path, {
      method: 'OPTIONS',
      headers: { authorization: '', origin, 'access-control-request-method': 'GET' },
    })
  const corsOf = ({ headers }: { headers: Headers }) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))
  const elsewhere = [
    'https://app.example.com',
    'http://localhost.example.com',
    'http://localhost:5173.example.com',
    'http://127.0.0.12:5173',
    'null',
  ]

  test.each(['http://localhost:5173', 'http://127.0.0.1:8080', 'https://localhost'])(
    'on this machine (%s) may send and read what deployed pages may',
    async (origin) => {
      const asked = await preflight(origin)

      expect(asked.statusCode).toBe(204)
      expect(corsOf(asked)).toEqual({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'authorization,content-type,if-none-match',
        'access-control-max-age': '3600',
      })
      expect(corsOf(await request('/chat/personal', { headers: { origin } }))).toEqual({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'link,etag,retry-after,unread-comments,apigw-requestid',
      })
    },
  )

  test.each([
    ['a refused token', '/chat/personal', 401],
    ['an unknown path', '/chat/other', 404],
  ])('on this machine can read the response to %s', async (_, path, status) => {
    const origin = 'http://localhost:5173'
    const received = await request(path, { headers: { origin, authorization: 'x' } })

    expect(received.statusCode).toBe(status)
    expect(corsOf(received)['access-control-allow-origin']).toBe(origin)
  })

  test.each(elsewhere)('on another machine (%s) may neither send nor read', async (origin) => {
    const asked = await preflight(origin)
    const received = await request('/chat/personal', { headers: { origin } })

    expect(asked.statusCode).toBe(204)
    expect(corsOf(asked)).toEqual({})
    expect(corsOf(received)).toEqual({})
  })

  test('that is no page sends no Origin, and gets no headers for pages', async () => {
    expect(corsOf(await request('/chat/personal'))).toEqual({})
  })
})

describe('a token is refused with 401, its reason and a line in the log if it', () => {
  const unauthorized = async (authorization: string, reason: string) => {
    const { statusCode, headers, body } = await request('/chat/personal', {
      headers: { authorization },
    })

    expect({ statusCode, body }).toEqual({ statusCode: 401, body: '{"message":"Unauthorized"}' })
    expect(headers.get('www-authenticate')).toBe(
      `Bearer scope="" error="invalid_token" error_description="${reason}"`,
    )
    expect(logged()).toEqual([
      {
        requestId: headers.get('apigw-requestid'),
        request: 'GET /chat/personal',
        status: 401,
        authorizerError: reason,
      },
    ])
  }
  const tokenOf = (header: object, payload: object) =>
    `Bearer ${[header, payload, {}].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}`

  test.each(['Bearer', 'Bearer x', 'Basic eDp5', 'Bearer a.b.c.d'])(
    'has other than three parts: "%s"',
    (authorization) => unauthorized(authorization, 'token contains an invalid number of segments'),
  )

  test('has expired', async () => {
    const token = await issuer.token({ email: 'me', expired: true })
    await unauthorized(`Bearer ${token}`, 'the token has expired')
  })

  test("is another issuer's", async () => {
    const other = await createIssuer(issuerUrl)
    const token = await other.token({ email: 'me' })
    await unauthorized(`Bearer ${token}`, 'the token does not have a valid signature')
  })

  test.each([
    ['aud', 'other', 'the token does not have a valid audience'],
    ['iss', 'https://other.example', 'the token does not have a valid issuer'],
    ['nbf', 4_000_000_000, 'the token is not valid yet'],
    ['iat', 'now', 'the token has an invalid claim'],
  ])('has the claim %s %j', async (claim, value, reason) => {
    const token = await issuer.token({ email: 'me', claims: { [claim]: value } })
    await unauthorized(`Bearer ${token}`, reason)
  })

  test('was changed', async () => {
    const [header, , signature] = token.split('.')
    const payload = Buffer.from('{"email":"you@example.com"}').toString('base64url')
    await unauthorized(
      `Bearer ${header}.${payload}.${signature}`,
      'the token does not have a valid signature',
    )
  })

  test.each([
    ['HS256', 'signing method HS256 is invalid'],
    ['none', 'signing method none is invalid'],
    ['x"\r\ny', 'signing method xy is invalid'],
  ])('is signed by the method %j', async (alg, reason) => {
    await unauthorized(tokenOf({ alg }, { email: 'me' }), reason)
  })

  test.each(['Bearer a.b.c', 'Bearer ..'])('is malformed: "%s"', (authorization) =>
    unauthorized(authorization, 'the token is malformed'),
  )
})

test('without a token, the 401 names the scheme alone', async () => {
  const { statusCode, headers, body } = await request('/chat/personal', {
    headers: { authorization: '' },
  })

  expect({ statusCode, body }).toEqual({ statusCode: 401, body: '{"message":"Unauthorized"}' })
  expect(headers.get('www-authenticate')).toBe('Bearer')
  expect(logged()).toEqual([
    { requestId: headers.get('apigw-requestid'), request: 'GET /chat/personal', status: 401 },
  ])
})

test('the issuer serves its discovery document and its keys', async () => {
  const discovery = await request('/.well-known/openid-configuration')
  const { jwks_uri, issuer: name } = JSON.parse(discovery.body)
  const { keys } = JSON.parse((await request(jwks_uri.replace(issuerUrl, ''))).body)

  expect(name).toBe(issuerUrl)
  expect(keys).toMatchObject([{ kty: 'RSA', alg: 'RS256', use: 'sig', kid: 'local' }])
  expect(keys[0]).not.toHaveProperty('d')
})
