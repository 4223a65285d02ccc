import { expect, test } from '@jest/globals'
import { makeJsonResponse } from '../../lib/http/response.ts'
import { revalidate } from '../../lib/http/revalidate.ts'

const response = makeJsonResponse(
  200,
  { rooms: 1 },
  { link: '<next>', 'unread-comments': '5', vary: 'Authorization' },
)
const { etag } = revalidate(response, undefined).headers

test('a response has a weak ETag, since it has several encodings', () => {
  expect(etag).toMatch(/^W\/"[\w-]{27}"$/)
})

test.each(['etag', 'other, etag', 'strong form', '*'])(
  'If-None-Match with the ETag (%s) gets 304 without a body',
  (form) => {
    const header = form.replace('strong form', etag!.slice(2)).replace('etag', etag!)

    const { statusCode, body, headers } = revalidate(response, header)

    expect(statusCode).toBe(304)
    expect(body).toBeUndefined()
    expect(headers).toEqual({ ...response.headers, etag })
    expect(headers['content-type']).toBe('application/json')
  },
)

test.each([undefined, '', 'W/"other"', 'etag'])(
  'If-None-Match without the ETag (%s) gets the full response',
  (header) => {
    expect(revalidate(response, header)).toMatchObject({ statusCode: 200, body: response.body })
  },
)

test.each([
  ['body', makeJsonResponse(200, { rooms: 2 }, response.headers)],
  ['Link', makeJsonResponse(200, { rooms: 1 }, { 'unread-comments': '5' })],
  ['Unread-Comments', makeJsonResponse(200, { rooms: 1 }, { link: '<next>' })],
])('another %s makes another ETag', (_, other) => {
  expect(revalidate(other, undefined).headers['etag']).not.toBe(etag)
})
