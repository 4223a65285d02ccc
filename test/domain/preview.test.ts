import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { preview } from '../../lib/domain/preview.ts'

test('a short text is its own preview', () => {
  expect(preview('Yoi bos')).toBe('Yoi bos')
})

test('a long text is cut between two characters', () => {
  expect(preview('é'.repeat(200))).toBe('é'.repeat(128))
  expect(preview(`a${'😀'.repeat(100)}`)).toBe(`a${'😀'.repeat(63)}`)
})

test('a preview is the longest beginning of its text within 256 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const shown = preview(text)
      const next = String.fromCodePoint(text.codePointAt(shown.length) ?? 0)
      expect(text.startsWith(shown)).toBe(true)
      expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(256)
      if (shown !== text) expect(Buffer.byteLength(shown + next)).toBeGreaterThan(256)
    }),
  )
})
