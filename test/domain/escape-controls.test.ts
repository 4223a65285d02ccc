import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { escapeControls } from '../../lib/domain/escape-controls.ts'

/** Any text, also with halves of surrogate pairs, and with many control and format characters. */
const text = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.integer({ max: 0xff, min: 0 }).map((code) => String.fromCharCode(code)),
    fc.integer({ max: 0xdfff, min: 0xd800 }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('\u202e', '\u2028', '\u2029', '\u200d', '\ufeff', '\u{e0041}', '\n', '"', '\\'),
  ),
})

test.each([
  ['the escape character', 'a\u001b[31mb', 'a\\u001b[31mb'],
  ['a carriage return and a tab', 'a\r\tb', 'a\\u000d\\u0009b'],
  ['a C1 control', '\u009b31m', '\\u009b31m'],
  ['a change of the direction', 'a\u202egnp', 'a\\u202egnp'],
  ['a line separator', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['half of a surrogate pair', '\ud83d', '\\ud83d'],
  ['a tag outside the Basic Multilingual Plane', '\u{e0041}', '\\udb40\\udc41'],
])('%s is escaped', (_, given, escaped) => {
  expect(escapeControls(given)).toBe(escaped)
})

test('newlines, letters of all scripts and emoji stay', () => {
  const given = 'Grüße\n您好 مرحبا "a\\b" 😀'

  expect(escapeControls(given)).toBe(given)
})

describe('whatever the text,', () => {
  test('no control or format character is left but newline', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(escapeControls(given).replaceAll('\n', '')).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
        )
      }),
    )
  })

  test('everything else is unchanged', () => {
    fc.assert(
      fc.property(text, (given) => {
        const harmless = given.replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
        expect(escapeControls(harmless)).toBe(harmless)
      }),
    )
  })

  test('JSON with it means the same afterwards', () => {
    fc.assert(
      fc.property(text, (given) => {
        const json = JSON.stringify({ [given]: given })
        expect(JSON.parse(escapeControls(json))).toEqual({ [given]: given })
      }),
    )
  })
})
