import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

export interface ApiAnswer {
  status: number
  headers: Record<string, string>
  /** The body, decompressed. */
  text: string
  body: any
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
