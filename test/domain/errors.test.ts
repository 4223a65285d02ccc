import { describe, expect, test } from '@jest/globals'
import { quote } from '../../lib/domain/errors.ts'

describe('a quoted value', () => {
  test('is in quotes, and cut after 40 characters', () => {
    expect(quote('abc')).toBe('"abc"')
    expect(quote('x'.repeat(41))).toBe(`"${'x'.repeat(40)}…"`)
  })

  test.each([
    ['a newline', 'a\nb', '"a\\nb"'],
    ['a C1 control', '\u009b31m', '"\\u009b31m"'],
    ['a change of the direction', 'a\u202egnp', '"a\\u202egnp"'],
    ['a line separator', 'a\u2028b', '"a\\u2028b"'],
  ])('has %s escaped, so that it stays on one line and reads as it is', (_, value, quoted) => {
    expect(quote(value)).toBe(quoted)
    expect(JSON.parse(quoted)).toBe(value)
  })
})
