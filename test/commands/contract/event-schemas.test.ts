import { describe, expect, test } from '@jest/globals'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { publishedSchemas, sentSchemas } from '../../../commands/contract/event-schemas.ts'
import { normalizeEmail } from '../../../lib/domain/email.ts'
import { parseEvent } from '../../../lib/events/parse-event.ts'
import type { EventType } from '../../../lib/events/schemas.ts'
import { eventLog, nameLog } from '../../support/event-log.ts'

const ajv = new Ajv2020({ validateFormats: false })
const validators = Object.fromEntries(
  Object.entries(sentSchemas).map(([type, schema]) => [type, ajv.compile(schema)]),
) as Record<EventType, ValidateFunction>

const isAccepted = (type: string, detail: unknown): boolean => {
  try {
    parseEvent({ 'detail-type': type, detail }, Date.now())
    return true
  } catch {
    return false
  }
}

/** What JSON Schema cannot say, or says in a way that depends on the language: docs/events.md lists it. */
const isBeyondSchemas = (detail: unknown): boolean =>
  /** UTF-16 counts such characters twice, JSON Schema once. */
  /[\u{10000}-\u{10ffff}]/u.test(JSON.stringify(detail)) ||
  /** Half a character. */
  !hasWellFormedTexts(detail)

const hasWellFormedTexts = (value: unknown): boolean => {
  if (typeof value === 'string') return value.isWellFormed()
  return (
    typeof value !== 'object' || value === null || Object.values(value).every(hasWellFormedTexts)
  )
}

const spaced = fc.string({
  unit: fc.constantFrom(
    ...Array.from(' \t\n\r\v\f\u00a0\u1680\u2003\u2028\u3000\ufeff\u200b\0\u001f\u0085aZ@é'),
  ),
  maxLength: 6,
})
const long = (length: number) =>
  fc.integer({ min: length - 1, max: length + 1 }).map((count) => 'x'.repeat(count))
const text = (length: number) => fc.oneof(fc.string(), long(length), fc.constant(5))
const email = fc.oneof(
  fc.string(),
  spaced,
  long(254),
  long(252).map((name) => ` ${name}\n`),
)
const id = fc.oneof(
  fc.nat(3),
  fc.constantFrom(-1, 1.5, '1', null, Number.MAX_SAFE_INTEGER, 2 ** 53),
)
const digits = (max: number, min = 0) =>
  fc.integer({ min, max }).map((number) => String(number).padStart(2, '0'))
/** Every month has 28 days: that a day does not exist is beyond JSON Schema. */
const time = fc
  .tuple(
    fc.constantFrom('0000', '1999', '2017', '02017'),
    digits(13),
    fc.oneof(digits(28), fc.constant('32')),
    digits(25),
    digits(61),
    digits(61),
    fc.constantFrom('', '.', '.5', '.123456789'),
    fc.constantFrom('Z', 'z', '', '+00:00', '-00:00', '+01:00'),
    fc.constantFrom('T', 't', ' '),
  )
  .map(
    ([y, m, d, h, min, s, fraction, zone, t]) =>
      `${y}-${m}-${d}${t}${h}:${min}:${s}${fraction}${zone}`,
  )
const occurred_at = fc.oneof(
  { weight: 3, arbitrary: fc.constant('2017-08-24T12:01:05Z') },
  { weight: 1, arbitrary: time },
)
const participant = fc.record({ id, email, username: text(256), avatar_url: text(2048) })
const detail = fc.record(
  {
    occurred_at,
    room_id: id,
    comment_id: id,
    email,
    message: text(256),
    room_type: fc.constantFrom('single', 'group', 'channel'),
    room_name: text(256),
    room_avatar_url: text(2048),
    username: text(256),
    avatar_url: text(2048),
    participant: fc.oneof(participant, fc.constant([])),
    participants: fc.oneof(
      fc.array(participant, { maxLength: 4 }),
      fc
        .constantFrom(2, 3, 1000, 1001)
        .map((length) =>
          Array.from({ length }, () => ({ id: 1, email: 'jo', username: '', avatar_url: '' })),
        ),
    ),
    more: fc.anything(),
  },
  { requiredKeys: ['occurred_at', 'room_id'] },
)

describe('the JSON Schema accepts what the inbox accepts, and nothing else:', () => {
  test.each(Object.keys(sentSchemas) as EventType[])('random details of %s', (type) => {
    fc.assert(
      fc.property(detail, (value) => {
        const sent: unknown = JSON.parse(JSON.stringify(value))
        fc.pre(!isBeyondSchemas(sent))
        expect([validators[type](sent), sent]).toEqual([isAccepted(type, sent), sent])
      }),
      { numRuns: 300 },
    )
  })

  test.each(Object.keys(sentSchemas) as EventType[])(
    'values in place of the detail of %s',
    (type) => {
      for (const value of [null, 5, 'x', [], {}])
        expect([value, validators[type](value)]).toEqual([value, isAccepted(type, value)])
    },
  )

  test('addresses', () => {
    const isValid = validators['participant.left']
    fc.assert(
      fc.property(fc.oneof(email, spaced), (address) => {
        const sent = { occurred_at: '2017-08-24T12:01:05Z', room_id: 1, email: address }
        expect([address, isValid(sent)]).toEqual([address, isAccepted('participant.left', sent)])
      }),
      { numRuns: 2000 },
    )
  })

  test('times', () => {
    const isValid = validators['comment.deleted']
    fc.assert(
      fc.property(time, (occurred_at) => {
        const sent = { occurred_at, room_id: 1, comment_id: 1 }
        expect([occurred_at, isValid(sent)]).toEqual([
          occurred_at,
          isAccepted('comment.deleted', sent),
        ])
      }),
      { numRuns: 2000 },
    )
  })
})

test('a line break after a time is refused in languages whose `$` matches before it too', () => {
  const schema = JSON.stringify(sentSchemas['comment.deleted']).replaceAll('00:00)$', '00:00)\\n?$')
  const isValid = ajv.compile(JSON.parse(schema) as object)
  const sent = { room_id: 1, comment_id: 1 }

  expect(isValid({ ...sent, occurred_at: '2017-08-24T12:01:05Z' })).toBe(true)
  expect(isValid({ ...sent, occurred_at: '2017-08-24T12:01:05Z\n' })).toBe(false)
})

test('all events of the random logs are valid', () => {
  fc.assert(
    fc.property(eventLog, (log) => {
      for (const { type, ...detail } of nameLog(log, 1, { mayReplace: true }).events) {
        const isValid = validators[type as EventType]
        isValid(detail)
        expect(isValid.errors).toBeNull()
      }
    }),
    { numRuns: 30 },
  )
})

test('a published leave has its room as a string', () => {
  const isValid = ajv.compile(publishedSchemas['participant.left'])
  const leave = {
    occurred_at: '2026-01-05T09:30:12.345Z',
    room_id: '32896',
    email: normalizeEmail('Jo@example.com'),
  }

  expect(isValid(leave)).toBe(true)
  expect(isValid({ ...leave, room_id: 32896 })).toBe(false)
})
