import { describe, expect, test } from '@jest/globals'
import { formatTime, isTimestamp, parseTimestamp, addMillisecond } from '../../lib/domain/time.ts'

describe('the time of an event', () => {
  test.each([
    ['2017-08-24T12:01:05Z', '2017-08-24T12:01:05.000Z'],
    ['2017-08-24T12:01:05.1Z', '2017-08-24T12:01:05.100Z'],
    ['2017-08-24T12:01:05.123999Z', '2017-08-24T12:01:05.123Z'],
    ['2017-08-24T12:01:05+00:00', '2017-08-24T12:01:05.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is stored as %s', (text, timestamp) => {
    expect(parseTimestamp(text)).toBe(timestamp)
  })

  test.each([
    '',
    'yesterday',
    '2017-08-24',
    '2017-08-24 12:01:05Z',
    '2017-08-24T12:01:05',
    '2017-08-24T12:01:05+07:00',
    '2017-02-30T12:01:05Z',
    '2017-08-24T24:00:00Z',
    '2017-08-24T12:01:60Z',
    '2017-08-24T12:01:05Z\n',
    '+12017-08-24T12:01:05Z',
  ])('%j is refused', (text) => {
    expect(parseTimestamp(text)).toBeUndefined()
  })
})

test('only the stored form counts as a timestamp', () => {
  expect(isTimestamp('2017-08-24T12:01:05.000Z')).toBe(true)
  expect(isTimestamp('2017-08-24T12:01:05Z')).toBe(false)
  expect(isTimestamp('x')).toBe(false)
})

test('a displayed time omits the milliseconds only if they are zero', () => {
  expect(formatTime('2017-08-24T12:01:05.000Z')).toBe('2017-08-24T12:01:05Z')
  expect(formatTime('2017-08-24T12:01:05.120Z')).toBe('2017-08-24T12:01:05.120Z')
})

test('one millisecond later can be in the next year', () => {
  expect(addMillisecond('2017-12-31T23:59:59.999Z')).toBe('2018-01-01T00:00:00.000Z')
})
