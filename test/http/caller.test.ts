import { describe, expect, test } from '@jest/globals'
import { identifyCaller } from '../../lib/http/caller.ts'
import { apiEvent } from '../support/api-event.ts'

const byEmail = { identityClaim: 'email', requireVerifiedEmail: true }
const caller = (claims: Record<string, unknown>, identity = byEmail) =>
  identifyCaller(apiEvent({ claims: claims as Record<string, string> }), identity)

test('the caller is the verified address of the token, in lower case', () => {
  expect(caller({ email: ' Arizal@Example.com', email_verified: 'true' })).toBe(
    'arizal@example.com',
  )
})

test('email_verified may be a boolean or the string that API Gateway makes of it', () => {
  expect(caller({ email: 'a', email_verified: true })).toBe('a')
})

describe('the caller is forbidden, with the claim named, for', () => {
  test.each([
    ['a token without the claim', {}, /no usable "email" claim/],
    ['an empty claim', { email: ' ', email_verified: 'true' }, /no usable "email" claim/],
    [
      'an address that is too long',
      { email: 'x'.repeat(300), email_verified: 'true' },
      /no usable/,
    ],
    ['an address without email_verified', { email: 'a' }, /"email_verified"/],
    ['an unverified address', { email: 'a', email_verified: 'false' }, /"email_verified"/],
  ])('%s', (_, claims, message) => {
    expect(() => caller(claims)).toThrow(
      expect.objectContaining({ code: 'forbidden', message: expect.stringMatching(message) }),
    )
  })
})

test('a deployment can accept unverified addresses', () => {
  expect(caller({ email: 'a' }, { ...byEmail, requireVerifiedEmail: false })).toBe('a')
})

test('a claim other than the address needs no verification, and is compared exactly', () => {
  const bySubject = { identityClaim: 'sub', requireVerifiedEmail: true }

  expect(caller({ sub: 'User-1' }, bySubject)).toBe('User-1')
})
