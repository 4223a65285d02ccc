import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
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

type ApiFunction = (event: ApiEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

export interface ApiAnswer {
  status: number
  headers: Record<string, string>
  /** The body, decompressed. */
  text: string
  body: any
}

/** Calls a handler with the event that API Gateway makes of a request. */
export const call = async (handler: unknown, request: ApiRequest = {}): Promise<ApiAnswer> => {
  const { timeLeftMs = 10_000 } = request
  const end = Date.now() + timeLeftMs
  const answer = await (handler as ApiFunction)(apiEvent(request), {
    awsRequestId: 'test',
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context)
  const headers = answer.headers as Record<string, string>
  const text = decode(answer, headers['content-encoding'])
  return {
    status: answer.statusCode ?? 0,
    headers,
    text,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

const decode = (
  { body = '', isBase64Encoded }: APIGatewayProxyStructuredResultV2,
  coding: string | undefined,
): string => {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  if (coding === 'br') return brotliDecompressSync(bytes).toString()
  if (coding === 'gzip') return gunzipSync(bytes).toString()
  return bytes.toString()
}

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
