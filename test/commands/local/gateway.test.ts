import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import type { FastifyInstance } from 'fastify'
import { type ApiFunction, createGateway } from '../../../commands/local/gateway.ts'
import { createIssuer, type Issuer } from '../../../commands/local/issuer.ts'

const issuerUrl = 'http://127.0.0.1:3999'
let issuer: Issuer
let app: FastifyInstance
let token: string
let base: string
/** What the function was called with, and answers. */
let seen: APIGatewayProxyEventV2WithJWTAuthorizer
let answer: () => ReturnType<ApiFunction>

beforeEach(() => {
  answer = () => Promise.resolve({ statusCode: 200, body: '{}' })
})
beforeAll(async () => {
  issuer = await createIssuer(issuerUrl)
  token = await issuer.token({ email: 'me@example.com', claims: { roles: ['a', 'b'], age: 5 } })
  const handler: ApiFunction = (event) => {
    seen = event
    return answer()
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
  return { statusCode: response.status, headers: response.headers, body: await response.text() }
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
    expect(seen.body).toBe(isBase64Encoded ? Buffer.from(body).toString('base64') : body)
  })
})

describe('the answer that a caller gets', () => {
  test('is what the function answers, decoded', async () => {
    answer = () =>
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
    answer = () => Promise.resolve({ statusCode, headers, ...(body !== undefined && { body }) })

    const received = await request('/chat/personal')

    expect(received.statusCode).toBe(statusCode)
    expect(received.headers.get('content-type')).toBe(type)
  })

  test.each([
    ['an unknown path', 'GET', '/chat/other'],
    ['another method', 'DELETE', '/chat/personal'],
    ['HEAD', 'HEAD', '/chat/personal'],
    ['a path with a slash more', 'GET', '/chat/personal/'],
  ])('to %s is 404 of API Gateway', async (_, method, url) => {
    const { statusCode, body } = await request(url, { method })

    expect(statusCode).toBe(404)
    if (method !== 'HEAD') expect(body).toBe('{"message":"Not Found"}')
  })

  test('to a body over 10 MB is 413', async () => {
    const { statusCode } = await request('/chat/leave', {
      method: 'POST',
      body: Buffer.alloc(10 * 1024 * 1024 + 1),
    })

    expect(statusCode).toBe(413)
  })

  test('of a function that fails is 500 of API Gateway', async () => {
    const log = jest.spyOn(console, 'error').mockReturnValue()
    answer = () => Promise.reject(new Error('crash'))

    const { statusCode, body } = await request('/chat/personal')
    log.mockRestore()

    expect(statusCode).toBe(500)
    expect(body).toBe('{"message":"Internal Server Error"}')
  })
})

describe('a token is refused with 401 if it', () => {
  const unauthorized = async (authorization: string) => {
    const { statusCode, body } = await request('/chat/personal', { headers: { authorization } })
    expect({ statusCode, body }).toEqual({ statusCode: 401, body: '{"message":"Unauthorized"}' })
  }

  test.each(['', 'Bearer', 'Bearer x', 'Basic eDp5'])('is none: "%s"', unauthorized)

  test('has expired', async () => {
    await unauthorized(`Bearer ${await issuer.token({ email: 'me', expired: true })}`)
  })

  test("is another issuer's", async () => {
    const other = await createIssuer(issuerUrl)
    await unauthorized(`Bearer ${await other.token({ email: 'me' })}`)
  })

  test('is for another audience', async () => {
    await unauthorized(`Bearer ${await issuer.token({ email: 'me', claims: { aud: 'other' } })}`)
  })

  test('was changed', async () => {
    const [header, , signature] = token.split('.')
    const payload = Buffer.from('{"email":"you@example.com"}').toString('base64url')
    await unauthorized(`Bearer ${header}.${payload}.${signature}`)
  })
})

test('the issuer serves its discovery document and its keys', async () => {
  const discovery = await request('/.well-known/openid-configuration')
  const { jwks_uri, issuer: name } = JSON.parse(discovery.body)
  const { keys } = JSON.parse((await request(jwks_uri.replace(issuerUrl, ''))).body)

  expect(name).toBe(issuerUrl)
  expect(keys).toMatchObject([{ kty: 'RSA', alg: 'RS256', use: 'sig', kid: 'local' }])
  expect(keys[0]).not.toHaveProperty('d')
})
