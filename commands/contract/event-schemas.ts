import { toJsonSchema } from '@valibot/to-json-schema'
import type { GenericSchema, ObjectEntries } from 'valibot'
import { participantLimit } from '../../lib/domain/room-state.ts'
import type { PublishedDetails } from '../../lib/domain/published.ts'
import {
  email,
  type EventType,
  eventSchemas,
  maxEventsPerEntry,
  roomDetailNames,
  time,
} from '../../lib/events/schemas.ts'

export type JsonSchema = Record<string, unknown>

/**
 * A set of characters for a pattern, which has the characters themselves: the languages of the backends
 * write escapes in different ways.
 */
const characters = (...ranges: [number, number?][]): string =>
  ranges.map((range) => range.map((code) => String.fromCodePoint(code!)).join('-')).join('')

const control = characters([0x00, 0x1f], [0x7f, 0x9f])
/** What String.trim removes. */
const space = characters(
  [0x09, 0x0d],
  [0x20],
  [0xa0],
  [0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f],
  [0x205f],
  [0x3000],
  [0xfeff],
)
const edge = `[^${control}${space}]`

/** The checks that the conversion does not know: of `isEmail` and `parseTimestamp`. */
const emailSchema = {
  type: 'string',
  maxLength: 254,
  pattern: `^[${space}]*${edge}([^${control}]*${edge})?[${space}]*$`,
  description: 'Identifies a person: 1 to 254 characters without control characters.',
}
const timeSchema = {
  type: 'string',
  format: 'date-time',
  pattern:
    '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?(Z|[+-]00:00)$',
  // In some languages, such as Python, `$` also matches before a line break at the end.
  not: { pattern: '[^-+.0-9:TZ]' },
  description: 'When it happened: RFC 3339 in UTC, to the millisecond.',
}

const limitParticipants = (maxItems: number): JsonSchema => ({
  properties: { participants: { type: 'array', maxItems } },
})

/** What events say about several fields together. */
const rules: Partial<Record<EventType, JsonSchema>> = {
  'room.created': {
    if: { properties: { room_type: { const: 'single' } } },
    then: limitParticipants(participantLimit.single),
    else: limitParticipants(participantLimit.group),
  },
  'room.updated': { anyOf: roomDetailNames.map((name) => ({ required: [name] })) },
}

/** Checks by functions have no conversion: those of one field are written above, `rules` has the others. */
const written = new Map<unknown, JsonSchema>([
  [email, emailSchema],
  [time, timeSchema],
])

const convert = (schema: GenericSchema): JsonSchema => {
  const converted = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    ignoreActions: ['check', 'raw_transform', 'transform'],
    overrideSchema: ({ valibotSchema, jsonSchema }) => {
      if (valibotSchema.type !== 'object') return undefined
      const { entries } = valibotSchema as unknown as { entries: ObjectEntries }
      const replaced = Object.entries(entries).map(([field, entry]) => [
        field,
        written.get(entry) ?? jsonSchema.properties?.[field],
      ])
      return {
        ...jsonSchema,
        properties: Object.fromEntries(replaced) as typeof jsonSchema.properties,
      }
    },
  })
  // The files have a $schema; the AsyncAPI document has its own.
  return Object.fromEntries(Object.entries(converted).filter(([name]) => name !== '$schema'))
}

/** The JSON Schema of the detail of each event that a chat backend sends, by detail-type. */
export const sentSchemas = Object.fromEntries(
  Object.entries(eventSchemas).map(([type, schema]) => [
    type,
    { ...convert(schema), ...rules[type as EventType] },
  ]),
) as Record<EventType, JsonSchema>

/** The JSON Schema of the detail of an entry with several events, by detail-type. */
export const severalSchemas: Record<'events', JsonSchema> = {
  events: {
    type: 'object',
    properties: {
      events: {
        type: 'array',
        minItems: 1,
        maxItems: maxEventsPerEntry,
        items: {
          type: 'object',
          properties: {
            'detail-type': { enum: Object.keys(eventSchemas) },
            detail: {
              type: 'object',
              description: 'As in an entry of its own: its detail-type has the schema.',
            },
          },
          required: ['detail-type', 'detail'],
        },
      },
    },
    required: ['events'],
  },
}

const wholeNumber = (minimum: number, description: string): JsonSchema => ({
  type: 'integer',
  minimum,
  description,
})

/** The JSON Schema of the detail of each event that the inbox publishes, by detail-type. */
export const publishedSchemas: Record<keyof PublishedDetails, JsonSchema> = {
  'participant.left': {
    type: 'object',
    properties: {
      occurred_at: timeSchema,
      room_id: {
        type: 'string',
        pattern: '^[1-9][0-9]{0,15}$',
        description: 'A whole number, as a string.',
      },
      email: { ...emailSchema, description: 'Who left the room.' },
    },
    required: ['occurred_at', 'room_id', 'email'],
  },
  'inbox.changed': {
    type: 'object',
    properties: {
      occurred_at: { ...timeSchema, description: 'When the row was stored, to the second.' },
      sequence: {
        type: 'string',
        pattern: '^[0-9]{40}$',
        description:
          'Of two events of one user, the one with the greater sequence, compared as text, is newer.',
      },
      email: {
        ...emailSchema,
        description: 'Whose list changed. An address has no upper-case letters from A to Z.',
      },
      room_id: wholeNumber(1, 'The room that changed in the list.'),
      removed: { type: 'boolean', description: 'Whether the room is not in the list any more.' },
      unread_count: wholeNumber(0, 'Of this room, at most 999. 0 if the room is removed.'),
      muted: { type: 'boolean', description: 'Whether the user has muted the room.' },
      unread_rooms: wholeNumber(
        0,
        'Of all rooms of the user that count as unread. Only with the setting badges.',
      ),
      unread_comments: wholeNumber(
        0,
        'The sum of the unread counts of these rooms. Only with the setting badges.',
      ),
    },
    required: ['occurred_at', 'sequence', 'email', 'room_id', 'removed', 'unread_count', 'muted'],
    dependentRequired: {
      unread_rooms: ['unread_comments'],
      unread_comments: ['unread_rooms'],
    },
  },
}
