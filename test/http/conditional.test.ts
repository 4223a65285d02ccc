import { expect, test } from '@jest/globals'
import { jsonAnswer } from '../../lib/http/answer.ts'
import { conditional } from '../../lib/http/conditional.ts'

const answer = jsonAnswer(200, { rooms: 1 }, { link: '<next>', vary: 'Authorization' })
const { etag } = conditional(answer, undefined).headers

test('an answer bears a weak tag, since it has several encodings', () => {
  expect(etag).toMatch(/^W\/"[\w-]{27}"$/)
})

test.each(['etag', 'other, etag', 'strong form', '*'])(
  'who has it (%s) gets 304 without a body',
  (form) => {
    const header = form.replace('strong form', etag!.slice(2)).replace('etag', etag!)

    const { statusCode, body, headers } = conditional(answer, header)

    expect(statusCode).toBe(304)
    expect(body).toBeUndefined()
    expect(headers).toEqual({ ...answer.headers, etag })
    expect(headers['content-type']).toBe('application/json')
  },
)

test.each([undefined, '', 'W/"other"', 'etag'])(
  'who has another one (%s) gets it whole',
  (header) => {
    expect(conditional(answer, header)).toMatchObject({ statusCode: 200, body: answer.body })
  },
)

test.each([
  ['body', jsonAnswer(200, { rooms: 2 }, answer.headers)],
  ['Link', jsonAnswer(200, { rooms: 1 }, { vary: 'Authorization' })],
])('another %s has another tag', (_, other) => {
  expect(conditional(other, undefined).headers['etag']).not.toBe(etag)
})
