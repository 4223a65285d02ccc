import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { ApiEvent } from '../../lib/http/api-event.ts'
import { apiEvent, type ApiRequest } from './api-event.ts'
import { notePermissions } from './needed-permissions.ts'

type ApiFunction = (event: ApiEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

export interface ApiAnswer {
  status: number
  headers: Record<string, string>
  /** The body, decompressed. */
  text: string
  body: any
}

/** Calls any handler with the event that API Gateway makes of a request. */
export const invoke = async (handler: unknown, request: ApiRequest = {}): Promise<ApiAnswer> => {
  const { timeLeftMs = 10_000 } = request
  const end = Date.now() + timeLeftMs
  const context = {
    awsRequestId: 'test',
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context
  const answer = await notePermissions(handler, () =>
    (handler as ApiFunction)(apiEvent(request), context),
  )
  return readAnswer(answer)
}

/** Reads the answer of a function as an app does: decoded and decompressed. */
export const readAnswer = (answer: APIGatewayProxyStructuredResultV2): ApiAnswer => {
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
