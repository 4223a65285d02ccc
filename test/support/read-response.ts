import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

export interface ApiResponse {
  status: number
  headers: Record<string, string>
  /** The body, decompressed. */
  text: string
  body: any
}

/** Reads the response of a function as an app does: decoded and decompressed. */
export const readResponse = (response: APIGatewayProxyStructuredResultV2): ApiResponse => {
  const { statusCode = 0, body = '', isBase64Encoded } = response
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  return readBytes(statusCode, response.headers as Record<string, string>, bytes)
}

export const readBytes = (
  status: number,
  headers: Record<string, string>,
  bytes: Buffer,
): ApiResponse => {
  const text = decompress(bytes, headers['content-encoding']).toString()
  return { status, headers, text, body: text === '' ? undefined : JSON.parse(text) }
}

const decompress = (bytes: Buffer, coding: string | undefined): Buffer => {
  // A 304 has the headers of its body, but no body.
  if (bytes.length === 0) return bytes
  if (coding === 'br') return brotliDecompressSync(bytes)
  return coding === 'gzip' ? gunzipSync(bytes) : bytes
}
