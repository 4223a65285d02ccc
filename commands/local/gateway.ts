import { randomUUID } from 'node:crypto'
import type {
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { JWTPayload } from 'jose'
import type { Route } from '../../lib/routes.ts'
import type { Issuer } from './issuer.ts'

export type ApiFunction = (
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>

/** A route of the API, and the function that answers it. */
export type ServedRoute = Pick<Route, 'method' | 'path'> & { handler: ApiFunction }

/** The same as in the API stack. */
const functionTimeoutMs = 10_000
const maxBodyBytes = 10 * 1024 * 1024
const apiId = 'local'
const stage = '$default'

/**
 * An HTTP API with a JWT authorizer on every route, as API Gateway runs it: the same events
 * (payload format 2.0) towards the functions, the same 401, 404, 413, 500 and 503 towards callers.
 */
export const createGateway = (routes: ServedRoute[], issuer: Issuer): FastifyInstance => {
  const app = Fastify({
    bodyLimit: maxBodyBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      void reply.code(400).send({ message: 'Bad Request' })
    },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body)
  })
  // Functions interpret the content type themselves, even an invalid one.
  app.addHook('onRequest', (request, _reply, done) => {
    delete request.headers['content-type']
    done()
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'Not Found' }))
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    if (error.statusCode === 413)
      return reply.code(413).send({ message: 'Request Entity Too Large' })
    if (error.statusCode !== undefined && error.statusCode < 500)
      return reply.code(400).send({ message: 'Bad Request' })
    console.error(error)
    return reply.code(500).send({ message: 'Internal Server Error' })
  })
  issuer.routes(app)
  for (const route of routes)
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const claims = await issuer.verify(readToken(request))
        if (claims === undefined)
          return reply
            .code(401)
            .header('www-authenticate', 'Bearer')
            .send({ message: 'Unauthorized' })
        const requestId = randomUUID()
        const answer = await invoke(route.handler, toEvent(route, request, claims, requestId))
        return send(reply.header('apigw-requestid', requestId), answer)
      },
    })
  return app
}

const readToken = ({ headers }: FastifyRequest): string =>
  (headers.authorization ?? '').replace(/^Bearer /i, '')

const toEvent = (
  { method, path }: ServedRoute,
  request: FastifyRequest,
  claims: JWTPayload,
  requestId: string,
): APIGatewayProxyEventV2WithJWTAuthorizer => {
  const [rawPath = path, rawQueryString = ''] = splitUrl(request.raw.url ?? path)
  const { cookie, ...headers } = joinHeaders(request.raw.rawHeaders)
  const query = joinRepeated([...new URLSearchParams(rawQueryString)])
  const host = headers['host'] ?? ''
  const routeKey = `${method} ${path}`
  const now = new Date()
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(rawQueryString !== '' && { queryStringParameters: query }),
    requestContext: {
      accountId: '000000000000',
      apiId,
      authorizer: {
        principalId: '',
        integrationLatency: 0,
        jwt: { claims: stringifyClaims(claims), scopes: [] },
      },
      domainName: host,
      domainPrefix: host.split('.')[0] ?? '',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.raw.httpVersion}`,
        sourceIp: request.ip,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage,
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...readBody(request.body, headers['content-type']),
  }
}

const splitUrl = (url: string): string[] => {
  const at = url.indexOf('?')
  return at === -1 ? [url] : [url.slice(0, at), url.slice(at + 1)]
}

const joinHeaders = (rawHeaders: string[]): Record<string, string> =>
  joinRepeated(
    rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
    ),
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

const textTypes = /^(text\/|application\/(json|xml|javascript)\b)/i

/** HTTP APIs encode every body that is not text, including a body without a type. */
const readBody = (body: unknown, type = '') => {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
  if (bytes.length === 0) return { isBase64Encoded: false }
  const isText = textTypes.test(type)
  return { body: bytes.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText }
}

/** Invokes a function with the context and the time limit that Lambda gives it. */
const invoke = async (
  handler: ApiFunction,
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
): Promise<APIGatewayProxyStructuredResultV2> => {
  const end = Date.now() + functionTimeoutMs
  const context = {
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context
  let timer: NodeJS.Timeout | undefined
  const timedOut = new Promise<APIGatewayProxyStructuredResultV2>((resolve) => {
    timer = setTimeout(resolve, functionTimeoutMs, makeGatewayAnswer(503, 'Service Unavailable'))
  })
  try {
    return await Promise.race([handler(event, context), timedOut])
  } catch (error) {
    console.error(error)
    return makeGatewayAnswer(500, 'Internal Server Error')
  } finally {
    clearTimeout(timer)
  }
}

const makeGatewayAnswer = (statusCode: number, message: string) => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
})

/** API Gateway sets this type on a response without one, even on a 304. */
const defaultType = 'text/plain; charset=utf-8'

const send = (reply: FastifyReply, answer: APIGatewayProxyStructuredResultV2) => {
  const { statusCode = 200, headers = {}, body, isBase64Encoded = false } = answer
  return reply
    .code(statusCode)
    .type(defaultType)
    .headers(headers as Record<string, string>)
    .send(body === undefined ? body : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'))
}
