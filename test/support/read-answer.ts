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
  const { statusCode = 0, body = '', isBase64Encoded } = answer
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  return readBytes(statusCode, answer.headers as Record<string, string>, bytes)
}

export const readBytes = (
  status: number,
  headers: Record<string, string>,
  bytes: Buffer,
): ApiAnswer => {
  const text = decompress(bytes, headers['content-encoding']).toString()
  return { status, headers, text, body: text === '' ? undefined : JSON.parse(text) }
}

const decompress = (bytes: Buffer, coding: string | undefined): Buffer => {
  // A 304 has the headers of its body, but no body.
  if (bytes.length === 0) return bytes
  if (coding === 'br') return brotliDecompressSync(bytes)
  return coding === 'gzip' ? gunzipSync(bytes) : bytes
}
