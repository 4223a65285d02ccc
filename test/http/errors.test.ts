import { expect, test } from '@jest/globals'
import { InboxError } from '../../lib/domain/errors.ts'
import { makeErrorResponse, toInboxError } from '../../lib/http/errors.ts'

test('an error has a response of the documented form and is not cached', () => {
  const { statusCode, headers, body } = makeErrorResponse(
    new InboxError('invalid_page', 'page is "0"'),
  )

  expect(statusCode).toBe(400)
  expect(headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' })
  expect(body).toBe(
    '{"error":true,"data":{"code":"invalid_page","message":"page is \\"0\\"","status":400}}',
  )
})

test('an unavailable response says when to try again', () => {
  expect(makeErrorResponse(new InboxError('unavailable', 'later')).headers['retry-after']).toBe('1')
})

test('an unknown error is internal and keeps its cause for the log', () => {
  const cause = new TypeError('undefined is not a function')

  expect(toInboxError(cause)).toMatchObject({ code: 'internal', cause })
})
