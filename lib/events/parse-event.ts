import * as v from 'valibot'
import { EventRefused, quoted } from '../domain/errors.ts'
import type { ChatEvent } from '../domain/events.ts'
import { timestampAt } from '../domain/time.ts'
import { checked } from './checked.ts'
import { eventSchemas } from './schemas.ts'

/** Clocks differ by so much at the most; what is dated further ahead would beat all that is still to come. */
const maxAheadMs = 5 * 60 * 1000

const entrySchema = v.object(
  { 'detail-type': v.string('is not a string'), detail: v.unknown() },
  'is not an object',
)

/**
 * The door: makes an event of an EventBridge entry, or of a line of an event file.
 * @param now milliseconds since the epoch
 * @throws EventRefused naming the field that is wrong and why, never what a person wrote
 */
export const parseEvent = (entry: unknown, now: number): ChatEvent => {
  const { 'detail-type': type, detail } = checked(entrySchema, entry, 'event')
  if (!isEventType(type))
    throw new EventRefused(
      `detail-type ${quoted(type)} is unknown: send one of ${Object.keys(eventSchemas).join(', ')}`,
    )
  const event = { type, ...checked(eventSchemas[type], detail, 'detail') } as ChatEvent
  if (event.occurred_at > timestampAt(now + maxAheadMs))
    throw new EventRefused(
      `detail.occurred_at ${quoted(event.occurred_at)} is more than 5 minutes ahead: send the time at which it happened`,
    )
  return event
}

const isEventType = (type: string): type is keyof typeof eventSchemas =>
  Object.hasOwn(eventSchemas, type)
