import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { compress } from '../../lib/http/compress.ts'
import { makeJsonResponse } from '../../lib/http/response.ts'

const response = makeJsonResponse(200, 'room '.repeat(1000), {})

test.each([
  ['gzip', 'gzip'],
  ['gzip, deflate, br', 'br'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['GZIP ; Q=1', 'gzip'],
  ['*', 'br'],
  ['*;q=0.1, br;q=0', 'gzip'],
])('Accept-Encoding: %s gets a response in %s', (accepted, coding) => {
  const { headers, body, isBase64Encoded } = compress(response, accepted)

  const bytes = Buffer.from(body!, 'base64')
  expect(headers['content-encoding']).toBe(coding)
  expect(isBase64Encoded).toBe(true)
  expect((coding === 'br' ? brotliDecompressSync : gunzipSync)(bytes).toString()).toBe(
    response.body,
  )
  expect(bytes.length).toBeLessThan(response.body!.length / 10)
})

test.each([undefined, '', 'identity', 'deflate', 'gzip;q=0', 'gzip;q=x', '*;q=0', ',;,'])(
  'Accept-Encoding: %s gets an uncompressed response',
  (accepted) => {
    expect(compress(response, accepted)).toBe(response)
  },
)

test('a response that fits into one packet is not compressed', () => {
  const small = makeJsonResponse(200, { error: false }, {})

  expect(compress(small, 'gzip')).toBe(small)
})
