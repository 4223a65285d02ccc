import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isEmail, normalizeEmail } from '../../lib/domain/email.ts'

/** Short addresses of characters that some rule of Unicode treats as equal. */
const address = fc.string({
  unit: fc.constantFrom(
    ...Array.from('@ \u00a0kK\u212asS\u017f\u00dfiI\u0130\u0131\u00e5\u00c5\u212b'),
  ),
  maxLength: 4,
})

test('addresses are compared without the case of A to Z and without surrounding white space', () => {
  expect(normalizeEmail(' \tJohn.Doe@Example.com\u00a0\n')).toBe('john.doe@example.com')
})

test('an identity without an @ is compared exactly, without surrounding white space', () => {
  expect(normalizeEmail(' uX7aB ')).toBe('uX7aB')
  expect(normalizeEmail('UX7Ab')).not.toBe(normalizeEmail('uX7aB'))
})

describe('addresses with other differences are different', () => {
  test.each([
    ['the Kelvin sign and k', '\u212aevin@example.com', 'kevin@example.com'],
    ['the Angstrom sign and å', '\u212bsa@example.com', '\u00e5sa@example.com'],
    ['I with a dot and its lower case', '\u0130an@example.com', 'i\u0307an@example.com'],
    ['long s and s', '\u017fam@example.com', 'sam@example.com'],
    ['Ü and ü', '\u00dcli@example.com', '\u00fcli@example.com'],
    ['composed and decomposed é', '\u00e9@example.com', 'e\u0301@example.com'],
    ['a space within', 'a b@example.com', 'ab@example.com'],
  ])('%s', (_, one, other) => {
    expect(normalizeEmail(one)).not.toBe(normalizeEmail(other))
    expect([one, other].map(isEmail)).toEqual([true, true])
  })

  const areSameLetter = (a: string, b: string): boolean =>
    a === b || ['kK', 'sS', 'iI'].some((pair) => pair.includes(a) && pair.includes(b))
  const areSame = (one: string, other: string): boolean => {
    const [a, b] = [one.trim(), other.trim()]
    if (!a.includes('@')) return a === b
    return (
      a.length === b.length &&
      Array.from(a).every((letter, at) => areSameLetter(letter, b.charAt(at)))
    )
  }

  test('for any two addresses', () => {
    fc.assert(
      fc.property(address, address, (one, other) => {
        expect(normalizeEmail(one) === normalizeEmail(other)).toBe(areSame(one, other))
      }),
      { numRuns: 2000 },
    )
  })
})

test('a normalized address is normalized to itself', () => {
  fc.assert(
    fc.property(address, (text) => {
      expect(normalizeEmail(normalizeEmail(text))).toBe(normalizeEmail(text))
    }),
  )
})

test.each([
  'test',
  'a@b',
  'ü@example.com',
  'a#b@example.com',
  'x'.repeat(254),
  `${'x'.repeat(250)}@x.y`,
  ` ${'x'.repeat(252)} `,
  '\u0130'.repeat(254),
])('%j can name a participant', (address) => {
  expect(isEmail(address)).toBe(true)
})

test.each([
  '',
  '  ',
  'a\u0000b',
  'a\nb',
  '\u0085a',
  'x'.repeat(255),
  `${'x'.repeat(251)}@x.y`,
  `x${' '.repeat(254)}`,
  '\ud800',
])('%j cannot name a participant', (address) => {
  expect(isEmail(address)).toBe(false)
})
