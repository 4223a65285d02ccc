import { isDeepStrictEqual } from 'node:util'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { normalizeEmail } from '../domain/email.ts'
import type { ChatEvent } from '../domain/events.ts'
import { maxJoinings } from '../domain/facts.ts'
import type { InboxRow } from '../domain/inbox-row.ts'
import type { Item } from './errors.ts'
import { type Fact, factsOf, type NewestFact } from './facts-of-event.ts'
import { type Key, roomKey, rowKey } from './keys.ts'
import { readItems } from './read-facts.ts'
import { type ListedItem, toRow } from './rows.ts'
import type { Store } from './table.ts'

/**
 * Checks that what is stored is at least as new as an event says.
 * @returns what is not, one line each
 */
export const missingFacts = async (
  store: Store,
  event: ChatEvent,
  signal: AbortSignal,
): Promise<string[]> => {
  const facts = factsOf(event)
  const keys = new Map(facts.map(({ key }) => [named(key), key]))
  const items = await readItems(store, [...keys.values()], signal)
  const stored = new Map(items.map((item) => [named(item as Key), item]))
  const differences = facts.flatMap((fact) => difference(fact, stored.get(named(fact.key))) ?? [])
  if (!('room_type' in event)) return differences
  const key = named(roomKey(event.room_id))
  const type = stored.get(key)?.['type'] as string | undefined
  if (type === event.room_type) return differences
  return [`${key}: type is ${type ?? 'not stored'}, not ${event.room_type}`, ...differences]
}

/**
 * Compares the row that a user sees with the one expected.
 * @returns the fields that differ, one line each
 */
export const differingFields = async (
  store: Store,
  viewer: string,
  expected: InboxRow,
  signal: AbortSignal,
): Promise<string[]> => {
  const key = rowKey(normalizeEmail(viewer), expected.room_id)
  const { Item } = await store.client.send(
    new GetItemCommand({
      TableName: store.tableName,
      Key: marshall(key),
      ConsistentRead: true,
    }),
    { abortSignal: signal },
  )
  if (Item?.['activity'] === undefined) return [`room ${expected.room_id} is not listed`]
  const row = toRow(Item as ListedItem)
  return Object.entries(expected).flatMap(([field, value]) => {
    const actual = row[field as keyof InboxRow]
    return isDeepStrictEqual(actual, value)
      ? []
      : `room ${expected.room_id}: ${field} is ${JSON.stringify(actual)}, not ${JSON.stringify(value)}`
  })
}

const named = ({ pk, sk }: Key): string => `${pk} ${sk}`

const difference = (fact: Fact, item: Item | undefined): string | undefined => {
  const name = named(fact.key)
  switch (fact.rule) {
    case 'oldest': {
      const stored = item?.[fact.name] as string | undefined
      if (stored === undefined) return `${name}: ${fact.name} not stored`
      return stored > fact.value ? `${name}: ${fact.name} is newer than the event says` : undefined
    }
    case 'joining': {
      const joinings = (item?.['joinings'] ?? new Set()) as Set<string>
      const isStored = joinings.has(fact.joinedAt) || joinings.size >= maxJoinings
      return isStored ? undefined : `${name}: joinings not stored`
    }
    case 'newest':
      return missingGroup(fact, item)
  }
}

const missingGroup = ({ key, group, text }: NewestFact, item: Item | undefined) => {
  const attributes = Object.keys(group)
  if (item?.[attributes[0]!] === undefined)
    return `${named(key)}: ${attributes.join(', ')} not stored`
  const isDeleted = item['removed_text'] !== undefined
  for (const attribute of attributes) {
    if (attribute === text && isDeleted) continue
    const order = compare(item[attribute] as string | number, group[attribute]!)
    if (order < 0) return `${named(key)}: ${attributes.join(', ')} older than the event says`
    if (order > 0) return undefined
  }
  return undefined
}

/** As DynamoDB compares: strings by their bytes. */
const compare = (a: string | number, b: string | number): number =>
  typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : a - Number(b)
