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
