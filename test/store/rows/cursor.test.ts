import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeCursor, encodeCursor } from '../../../lib/store/rows/cursor.ts'
import { at } from '../../support/events.ts'

const cursor = { page: 2, after: { timestamp: at(5), commentId: 661714, roomId: 31384 } }
const text = encodeCursor('single', cursor)
const withFields = (...fields: unknown[]): string =>
  Buffer.from(JSON.stringify(fields)).toString('base64url')

test('a cursor is decoded to the place that was encoded', () => {
  expect(decodeCursor('single', text)).toEqual(cursor)
})

test('a cursor contains its version, listing, page and place, and nothing else', () => {
  expect(JSON.parse(Buffer.from(text, 'base64url').toString())).toEqual([
    1,
    'single',
    2,
    at(5),
    661714,
    31384,
  ])
})

test('a cursor of unread rooms is none of the ordinary list', () => {
  const unread = encodeCursor('unread single', cursor)

  expect(decodeCursor('unread single', unread)).toEqual(cursor)
  expect(() => decodeCursor('unread single', text)).toThrow(
    expect.objectContaining({ code: 'invalid_cursor' }),
  )
})

test.each([
  ['of the other listing', encodeCursor('group', cursor)],
  ['of the unread rooms of this listing', encodeCursor('unread single', cursor)],
  ['that is truncated', text.slice(0, -4)],
  ['that is padded', `${text}==`],
  ['with a character of another alphabet', `${text}+/`],
  ['that is empty', ''],
  ['that is not JSON', Buffer.from('{').toString('base64url')],
  ['of another shape', withFields({})],
  ['that is JSON null', Buffer.from('null').toString('base64url')],
  ['of another version', withFields(2, 'single', 2, at(5), 1, 1)],
  ['with an extra field', withFields(1, 'single', 2, at(5), 1, 1, 1)],
  ['with a missing field', withFields(1, 'single', 2, at(5), 1)],
  ['with page 1', withFields(1, 'single', 1, at(5), 1, 1)],
  ['with a time of another form', withFields(1, 'single', 2, '2024-01-01T00:00:00Z', 1, 1)],
  ['with a key in place of the time', withFields(1, 'single', 2, 'group#~', 1, 1)],
  ['with a negative id', withFields(1, 'single', 2, at(5), -1, 1)],
  ['with an id that is not a number', withFields(1, 'single', 2, at(5), '1', 1)],
  [
    'with an id beyond 2^53',
    Buffer.from(`[1,"single",2,"${at(5)}",1,9007199254740992]`).toString('base64url'),
  ],
  ['longer than 1 KB', withFields(1, 'single', 2, at(5), 1, 'x'.repeat(1024))],
])('a cursor %s is refused', (_, wrong) => {
  expect(() => decodeCursor('single', wrong)).toThrow(
    expect.objectContaining({ code: 'invalid_cursor' }),
  )
})

test('any other text is refused as invalid_cursor', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (other) => {
      expect(() => decodeCursor('single', other)).toThrow(
        expect.objectContaining({ code: 'invalid_cursor' }),
      )
    }),
  )
})
