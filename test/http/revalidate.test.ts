import { expect, test } from '@jest/globals'
import { makeJsonAnswer } from '../../lib/http/answer.ts'
import { revalidate } from '../../lib/http/revalidate.ts'

const answer = makeJsonAnswer(
  200,
  { rooms: 1 },
  { link: '<next>', 'unread-comments': '5', vary: 'Authorization' },
)
const { etag } = revalidate(answer, undefined).headers

test('an answer has a weak ETag, since it has several encodings', () => {
  expect(etag).toMatch(/^W\/"[\w-]{27}"$/)
})

test.each(['etag', 'other, etag', 'strong form', '*'])(
  'If-None-Match with the ETag (%s) is answered 304 without a body',
  (form) => {
    const header = form.replace('strong form', etag!.slice(2)).replace('etag', etag!)

    const { statusCode, body, headers } = revalidate(answer, header)

    expect(statusCode).toBe(304)
    expect(body).toBeUndefined()
    expect(headers).toEqual({ ...answer.headers, etag })
    expect(headers['content-type']).toBe('application/json')
  },
)

test.each([undefined, '', 'W/"other"', 'etag'])(
  'If-None-Match without the ETag (%s) is answered in full',
  (header) => {
    expect(revalidate(answer, header)).toMatchObject({ statusCode: 200, body: answer.body })
  },
)

test.each([
  ['body', makeJsonAnswer(200, { rooms: 2 }, answer.headers)],
  ['Link', makeJsonAnswer(200, { rooms: 1 }, { 'unread-comments': '5' })],
  ['Unread-Comments', makeJsonAnswer(200, { rooms: 1 }, { link: '<next>' })],
])('another %s makes another ETag', (_, other) => {
  expect(revalidate(other, undefined).headers['etag']).not.toBe(etag)
})
