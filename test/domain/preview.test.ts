import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { makePreview } from '../../lib/domain/preview.ts'

test('a short text is its own preview', () => {
  expect(makePreview('Yoi bos')).toBe('Yoi bos')
})

test('a long text is cut between two characters', () => {
  expect(makePreview('é'.repeat(200))).toBe('é'.repeat(128))
  expect(makePreview(`a${'😀'.repeat(100)}`)).toBe(`a${'😀'.repeat(63)}`)
})

test('a preview is the longest beginning of its text within 256 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const shown = makePreview(text)
      const next = String.fromCodePoint(text.codePointAt(shown.length) ?? 0)
      expect(text.startsWith(shown)).toBe(true)
      expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(256)
      if (shown !== text) expect(Buffer.byteLength(shown + next)).toBeGreaterThan(256)
    }),
  )
})
