import type { TokenRequest } from '../../commands/local/issuer.ts'
import type { ApiEvent } from '../../lib/http/api-event.ts'

export interface ApiRequest {
  method?: 'GET' | 'POST'
  path?: string
  query?: string
  email?: string
  claims?: Record<string, string>
  headers?: Record<string, string>
  body?: string
  isBase64Encoded?: boolean
  timeLeftMs?: number
}

/** A request with a body and no query string. */
export const json = (body: string): ApiRequest => ({
  query: '',
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body,
})

/** The same with a form, which arrives from API Gateway as base64. */
export const form = (body: string): ApiRequest => ({
  query: '',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from(body).toString('base64'),
  isBase64Encoded: true,
})

/** The event that API Gateway makes of a request. */
export const apiEvent = ({
  method = 'GET',
  path = '/chat/personal',
  query = '',
  email = 'arizal@example.com',
  claims,
  headers = {},
  body,
  isBase64Encoded = false,
}: ApiRequest): ApiEvent => {
  const parameters = new URLSearchParams(query)
  const event = {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: query,
    headers,
    ...(query && {
      queryStringParameters: Object.fromEntries(
        [...parameters.keys()].map((name) => [name, parameters.getAll(name).join(',')]),
      ),
    }),
    requestContext: {
      requestId: 'request-1',
      authorizer: { jwt: { claims: claims ?? { email, email_verified: 'true' }, scopes: [] } },
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
    },
    ...(body !== undefined && { body }),
    isBase64Encoded,
  }
  return event as unknown as ApiEvent
}

/** The parts of the HTTP request from which API Gateway makes such an event. */
export const toHttp = ({
  method = 'GET',
  path = '/chat/personal',
  query = '',
  headers = {},
  body,
  isBase64Encoded = false,
}: ApiRequest) => ({
  method,
  url: query === '' ? path : `${path}?${query}`,
  headers,
  ...(body !== undefined && { body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') }),
})

/** What the token of such a request says. */
export const toTokenRequest = ({
  email = 'arizal@example.com',
  claims = {},
}: ApiRequest): TokenRequest => ({ email, claims })
