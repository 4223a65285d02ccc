import { describe, expect, test } from '@jest/globals'
import { formatAge, formatCount, formatTraffic, makeInitials } from '../src/format.ts'

const now = Date.parse('2026-03-15T12:00:00Z')

describe('the age of a message', () => {
  test.each([
    ['2026-03-15T12:01:00Z', 'now'],
    ['2026-03-15T11:59:01Z', 'now'],
    ['2026-03-15T11:59:00Z', '1 min'],
    ['2026-03-15T11:00:00.500Z', '59 min'],
    ['2026-03-15T11:00:00Z', '1 h'],
    ['2026-03-14T12:00:00Z', 'Sat'],
    ['2026-03-09T12:00:00Z', 'Mar 9'],
    ['2025-03-09T12:00:00Z', 'Mar 9, 2025'],
  ])('%s is %s', (time, age) => {
    expect(formatAge(time, now)).toBe(age)
  })
})

test.each([
  ['John doe', 'JD'],
  ['  pasijo ', 'P'],
  ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦'],
  ['', ''],
])('the initials of "%s" are %s', (name, initials) => {
  expect(makeInitials(name)).toBe(initials)
})

test('a badge ends at 99', () => {
  expect([1, 99, 100, 999].map(formatCount)).toEqual(['1', '99', '99+', '99+'])
})

test('the traffic of a sync is its requests and the rooms that were sent', () => {
  expect(formatTraffic({ requests: 1, rooms: 2 }, 60)).toBe('1 request, 2 of 60 rooms sent')
  expect(formatTraffic({ requests: 2, rooms: 60 }, 60)).toBe('2 requests, 60 of 60 rooms sent')
})
