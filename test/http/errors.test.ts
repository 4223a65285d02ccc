import { expect, test } from '@jest/globals'
import { InboxError } from '../../lib/domain/errors.ts'
import { makeErrorAnswer, toInboxError } from '../../lib/http/errors.ts'

test('an error is answered in the documented form and is not cached', () => {
  const { statusCode, headers, body } = makeErrorAnswer(
    new InboxError('invalid_page', 'page is "0"'),
  )

  expect(statusCode).toBe(400)
  expect(headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' })
  expect(body).toBe(
    '{"error":true,"data":{"code":"invalid_page","message":"page is \\"0\\"","status":400}}',
  )
})

test('an unavailable answer says when to try again', () => {
  expect(makeErrorAnswer(new InboxError('unavailable', 'later')).headers['retry-after']).toBe('1')
})

test('an unknown error is internal and keeps its cause for the log', () => {
  const cause = new TypeError('undefined is not a function')

  expect(toInboxError(cause)).toMatchObject({ code: 'internal', cause })
})
