import { expect, test } from '@jest/globals'
import { isEmail, normalizeEmail } from '../../lib/domain/email.ts'

test('addresses are compared without case and surrounding space', () => {
  expect(normalizeEmail(' John.Doe@Example.com ')).toBe('john.doe@example.com')
})

test.each(['test', 'a@b', 'ü@example.com', 'a#b@example.com', 'x'.repeat(254)])(
  '%s can name a participant',
  (address) => {
    expect(isEmail(address)).toBe(true)
  },
)

test.each(['', '  ', 'a\u0000b', 'a\nb', 'x'.repeat(255), '\ud800'])(
  '%j cannot name a participant',
  (address) => {
    expect(isEmail(address)).toBe(false)
  },
)
