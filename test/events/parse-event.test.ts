import { describe, expect, test } from '@jest/globals'
import { participantLimit } from '../../lib/domain/room-state.ts'
import { parseEvent } from '../../lib/events/parse-event.ts'
import type { EventType } from '../../lib/events/schemas.ts'

const now = Date.parse('2024-01-01T00:00:00Z')
const participant = { id: 7, email: 'Jo@example.com', username: 'Jo', avatar_url: '' }
const occurred_at = '2023-12-31T23:00:00Z'

const details: Record<EventType, Record<string, unknown>> = {
  'room.created': {
    occurred_at,
    room_id: 1,
    room_type: 'group',
    room_name: 'trip',
    room_avatar_url: '',
    participants: [participant],
  },
  'room.updated': { occurred_at, room_id: 1, room_name: 'new' },
  'participant.joined': { occurred_at, room_id: 1, participant },
  'participant.left': { occurred_at, room_id: 1, email: 'jo@example.com' },
  'participant.muted': { occurred_at, room_id: 1, email: 'jo@example.com', muted: true },
  'participant.pinned': { occurred_at, room_id: 1, email: 'jo@example.com', pinned: true },
  'participant.archived': { occurred_at, room_id: 1, email: 'jo@example.com', archived: true },
  'participant.marked_unread': {
    occurred_at,
    room_id: 1,
    email: 'jo@example.com',
    marked_unread: false,
  },
  'comment.posted': {
    occurred_at,
    room_id: 1,
    comment_id: 2,
    email: 'jo@example.com',
    message: 'hi',
  },
  'comment.edited': { occurred_at, room_id: 1, comment_id: 2, message: 'hi!' },
  'comment.deleted': { occurred_at, room_id: 1, comment_id: 2 },
  'comment.read': { occurred_at, room_id: 1, comment_id: 2, email: 'jo@example.com' },
  'comment.received': { occurred_at, room_id: 1, comment_id: 2, email: 'jo@example.com' },
  'profile.updated': { occurred_at, email: 'jo@example.com', username: 'Jo', avatar_url: '' },
}
const entry = (type: EventType, over: Record<string, unknown> = {}) => ({
  'detail-type': type,
  detail: { ...details[type], ...over },
})
const reasonFor = (value: unknown): string => {
  try {
    parseEvent(value, now)
  } catch (error) {
    expect((error as Error).name).toBe('EventRefused')
    return (error as Error).message
  }
  return 'passed'
}

test.each(Object.keys(details) as EventType[])(
  'a %s is accepted, with its time in the stored form',
  (type) => {
    expect(parseEvent(entry(type), now)).toEqual({
      type,
      ...details[type],
      occurred_at: '2023-12-31T23:00:00.000Z',
    })
  },
)

test('unknown fields are dropped', () => {
  expect(parseEvent(entry('comment.deleted', { more: 1 }), now)).not.toHaveProperty('more')
})

describe('a field that is missing is named:', () => {
  const rows = Object.entries(details).flatMap(([type, detail]) =>
    Object.keys(detail).map((field) => ({ type, field })),
  )
  test.each(rows.filter(({ type, field }) => type !== 'room.updated' || field !== 'room_name'))(
    '$type without $field',
    ({ type, field }) => {
      expect(reasonFor(entry(type as EventType, { [field]: undefined }))).toBe(
        `detail.${field} is missing`,
      )
    },
  )
})

describe('a malformed event is refused with its reason:', () => {
  test.each([
    [null, 'event is not an object'],
    ['x', 'event is not an object'],
    [{}, 'event.detail-type is missing'],
    [{ 'detail-type': 5, detail: {} }, 'event.detail-type is not a string'],
    [{ 'detail-type': 'comment.read' }, 'event.detail is missing'],
    [{ 'detail-type': 'comment.read', detail: null }, 'detail is not an object'],
    [
      entry('room.updated', { room_name: undefined }),
      'detail has neither room_name nor room_avatar_url',
    ],
    [
      entry('room.created', { room_type: 'channel' }),
      'detail.room_type is neither "single" nor "group"',
    ],
    [entry('room.created', { participants: {} }), 'detail.participants is not a list'],
    [entry('room.created', { participants: [5] }), 'detail.participants.0 is not an object'],
    [entry('comment.read', { room_id: '1' }), 'detail.room_id is not a number'],
    [entry('comment.read', { room_id: 1.5 }), 'detail.room_id is not a whole number up to 2^53-1'],
    [
      entry('comment.read', { room_id: 2 ** 53 }),
      'detail.room_id is not a whole number up to 2^53-1',
    ],
    [entry('comment.read', { comment_id: 0 }), 'detail.comment_id is less than 1'],
    [
      entry('comment.read', { email: ' ' }),
      'detail.email is not an address of 1 to 254 characters without control characters',
    ],
    [entry('participant.muted', { muted: 1 }), 'detail.muted is neither true nor false'],
    [entry('comment.edited', { message: '\ud800' }), 'detail.message is not well-formed Unicode'],
    [
      entry('comment.posted', { message: 'x'.repeat(1_048_577) }),
      'detail.message is longer than 1048576 characters',
    ],
    [
      entry('room.updated', { room_name: 'x'.repeat(257) }),
      'detail.room_name is longer than 256 characters',
    ],
    [
      entry('comment.read', { occurred_at: 'today' }),
      'detail.occurred_at is not an RFC 3339 time in UTC, such as 2017-08-24T12:01:05Z',
    ],
    [
      entry('comment.read', { occurred_at: '2017-02-30T12:01:05Z' }),
      'detail.occurred_at is a date or a time that does not exist',
    ],
  ])('%j', (value, reason) => {
    expect(reasonFor(value)).toBe(reason)
  })

  test.each(['comment.liked', '__proto__', 'toString'])('detail-type %s is unknown', (type) => {
    expect(reasonFor({ 'detail-type': type, detail: {} })).toMatch(
      `detail-type "${type}" is unknown: send one of room.created, `,
    )
  })

  test.each(['single', 'group'] as const)(
    'a %s room with one participant too many',
    (room_type) => {
      const participants = Array.from(
        { length: participantLimit[room_type] + 1 },
        () => participant,
      )

      expect(reasonFor(entry('room.created', { room_type, participants }))).toMatch(
        /^detail has more participants than .* then send participant.joined$/,
      )
      expect(
        reasonFor(entry('room.created', { room_type, participants: participants.slice(1) })),
      ).toBe('passed')
    },
  )
})

test('an event dated more than 5 minutes ahead is refused, one that is 5 minutes ahead is not', () => {
  expect(reasonFor(entry('comment.deleted', { occurred_at: '2024-01-01T00:05:00Z' }))).toBe(
    'passed',
  )
  expect(reasonFor(entry('comment.deleted', { occurred_at: '2024-01-01T00:05:00.001Z' }))).toMatch(
    /^detail.occurred_at "2024-01-01T00:05:00.001Z" is more than 5 minutes ahead/,
  )
})

test('a reason never contains text that a person wrote', () => {
  const secret = 'secret'.repeat(60)

  expect(reasonFor(entry('comment.read', { email: secret }))).not.toMatch(/secret/)
  expect(reasonFor(entry('room.updated', { room_name: secret }))).not.toMatch(/secret/)
})
