import * as v from 'valibot'
import { EventRefused, quote, catchRefusal } from '../domain/errors.ts'
import type { ChatEvent } from '../domain/events.ts'
import { maxClockDifferenceMs, toTimestamp } from '../domain/time.ts'
import { parseValue } from './parse-value.ts'
import { type EventDetails, type EventType, eventSchemas, severalEvents } from './schemas.ts'

const entrySchema = v.object(
  { 'detail-type': v.string('is not a string'), detail: v.unknown() },
  'is not an object',
)

/** An event of an entry, or why it is refused. */
export interface ParsedEvent {
  /** Where it is in an entry with several events, such as `detail.events[2]`. */
  place?: string
  event: ChatEvent | EventRefused
}

/**
 * Parses an EventBridge entry, or a line of an event file: one event or, with the detail-type `events`, several.
 * A wrong one does not stop the others.
 * @param now milliseconds since the epoch
 * @throws EventRefused if it has no list of events
 */
export const parseEntry = (entry: unknown, now: number): ParsedEvent[] => {
  const { 'detail-type': type, detail } = parseValue(entrySchema, entry, 'event')
  if (type !== 'events') return [{ event: parseEvent(entry, now) }]
  return parseValue(severalEvents, detail, 'detail').events.map((one, index) => ({
    place: `detail.events[${index}]`,
    event: catchRefusal(() => parseEvent(one, now)),
  }))
}

/**
 * Parses one event.
 * @param now milliseconds since the epoch
 * @throws EventRefused naming the field that is wrong and the reason, but never a value that a person wrote
 */
export const parseEvent = (entry: unknown, now: number): ChatEvent => {
  const { 'detail-type': type, detail } = parseValue(entrySchema, entry, 'event')
  if (!isEventType(type))
    throw new EventRefused(
      `detail-type ${quote(type)} is unknown: send one of ${Object.keys(eventSchemas).join(', ')}`,
    )
  const event = parseDetail(type, detail)
  // The newest value wins, so an event from further in the future would win over all events until then.
  if (event.occurred_at > toTimestamp(now + maxClockDifferenceMs))
    throw new EventRefused(
      `detail.occurred_at ${quote(event.occurred_at)} is more than 5 minutes ahead: send the time at which it happened`,
    )
  return event
}

type EventOf<Type extends EventType> = { [T in Type]: { type: T } & EventDetails[T] }[Type]

/** Generic, so that the compiler knows which schema belongs to which event. */
const parseDetail = <Type extends EventType>(type: Type, detail: unknown): EventOf<Type> => ({
  type,
  ...parseValue(eventSchemas[type], detail, 'detail'),
})

const isEventType = (type: string): type is EventType => Object.hasOwn(eventSchemas, type)
