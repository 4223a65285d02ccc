import { randomBytes } from 'node:crypto'
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import type { FastifyRequest } from 'fastify'
import type { JWTPayload } from 'jose'
import type { Route } from '../../lib/routes.ts'

export type ApiEvent = APIGatewayProxyEventV2WithJWTAuthorizer

/**
 * Makes the event of a request in payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const makeApiEvent = (
  { method, path }: Pick<Route, 'method' | 'path'>,
  request: FastifyRequest,
  claims: JWTPayload,
): ApiEvent => {
  const rawQueryString = findQueryString(request.url)
  const query = joinRepeated([...new URLSearchParams(rawQueryString)])
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const { cookie, ...sent } = joinHeaders(request.raw.rawHeaders)
  const headers = { ...sent, ...makeGatewayHeaders(request, sent, body) }
  const { host = '' } = sent
  const routeKey = `${method} ${path}`
  const now = new Date()
  return {
    version: '2.0',
    routeKey,
    // API Gateway decodes the path. What is left of one that leads to a route is the path of the route.
    rawPath: path,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(rawQueryString !== '' && { queryStringParameters: query }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      authorizer: makeAuthorizer(claims),
      domainName: host,
      domainPrefix: host.split('.')[0] ?? '',
      http: {
        method,
        path,
        protocol: `HTTP/${request.raw.httpVersion}`,
        sourceIp: request.ip,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: request.id,
      routeKey,
      stage: '$default',
      time: formatTime(now),
      timeEpoch: now.getTime(),
    },
    ...encodeBody(body, headers['content-type']),
  }
}

/** Looks like an id of API Gateway, such as `Mc7UVioPPHcEKPA=`. */
export const makeRequestId = (): string => `${randomBytes(11).toString('base64url')}=`

/** The path of a request, without its query string. */
export const findPath = (url: string): string => url.split('?', 1)[0]!

const findQueryString = (url: string): string => url.slice(findPath(url).length + 1)

/** Describe the connection to the sender, and are not passed on. */
const connectionHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding'])

const joinHeaders = (rawHeaders: string[]): Record<string, string> =>
  joinRepeated(
    rawHeaders
      .flatMap((name, index) =>
        index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
      )
      .filter(([name]) => !connectionHeaders.has(name)),
  )

/** Joins repeated values with commas. */
const joinRepeated = (pairs: (readonly [string, string])[]): Record<string, string> => {
  const values = new Map<string, string>()
  for (const [name, value] of pairs) {
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(values)
}

/** The headers that API Gateway adds to those of the sender. */
const makeGatewayHeaders = (
  { ip, raw, protocol }: FastifyRequest,
  sent: Record<string, string>,
  body: Buffer,
): Record<string, string> => {
  const before = sent['x-forwarded-for']
  return {
    'content-length': String(body.length),
    'x-amzn-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`,
    'x-forwarded-for': before === undefined ? ip : `${before}, ${ip}`,
    'x-forwarded-port': String(raw.socket.localPort),
    'x-forwarded-proto': protocol,
  }
}

/**
 * A route without scopes gets null. The types of the package have two fields more, which API Gateway does not send
 * for a JWT authorizer.
 */
const makeAuthorizer = (claims: JWTPayload) =>
  ({
    jwt: { claims: stringifyClaims(claims), scopes: null },
  }) as unknown as ApiEvent['requestContext']['authorizer']

/** HTTP APIs pass every claim as a string, lists in brackets. */
const stringifyClaims = (claims: JWTPayload): Record<string, string> =>
  Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : stringifyClaim(value),
    ]),
  )

const stringifyClaim = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

/** The common log format: 12/Mar/2020:19:03:58 +0000. */
const formatTime = (time: Date): string => {
  const [, day, month, year, clock] = time.toUTCString().split(' ')
  return `${day}/${month}/${year}:${clock} +0000`
}

const textTypes = /^(text\/|application\/(json|xml|javascript)\b)/i

/** HTTP APIs encode every body that is not text, including a body without a type. */
const encodeBody = (bytes: Buffer, type = '') => {
  if (bytes.length === 0) return { isBase64Encoded: false }
  const isText = textTypes.test(type)
  return { body: bytes.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText }
}
