import { describe, expect, test } from '@jest/globals'
import { callerOf } from '../../lib/http/caller.ts'
import { apiEvent } from '../support/api-call.ts'

const byEmail = { identityClaim: 'email', requireVerifiedEmail: true }
const caller = (claims: Record<string, unknown>, identity = byEmail) =>
  callerOf(apiEvent({ claims: claims as Record<string, string> }), identity)

test('the caller is the verified address of the token, in lower case', () => {
  expect(caller({ email: ' Arizal@Example.com', email_verified: 'true' })).toBe(
    'arizal@example.com',
  )
})

test('a boolean is taken for the string that API Gateway makes of it', () => {
  expect(caller({ email: 'a', email_verified: true })).toBe('a')
})

describe('forbidden is', () => {
  test.each([
    ['a token without the claim', {}, /no usable "email" claim/],
    ['an empty claim', { email: ' ', email_verified: 'true' }, /no usable "email" claim/],
    [
      'an address too long to be one',
      { email: 'x'.repeat(300), email_verified: 'true' },
      /no usable/,
    ],
    ['an address that nobody verified', { email: 'a' }, /"email_verified"/],
    [
      'an address said not to be verified',
      { email: 'a', email_verified: 'false' },
      /"email_verified"/,
    ],
  ])('%s, and the message says which claim', (_, claims, message) => {
    expect(() => caller(claims)).toThrow(
      expect.objectContaining({ code: 'forbidden', message: expect.stringMatching(message) }),
    )
  })
})

test('a deployment may take unverified addresses', () => {
  expect(caller({ email: 'a' }, { ...byEmail, requireVerifiedEmail: false })).toBe('a')
})

test('another claim needs no verified address', () => {
  const bySubject = { identityClaim: 'sub', requireVerifiedEmail: true }

  expect(caller({ sub: 'User-1' }, bySubject)).toBe('user-1')
})
