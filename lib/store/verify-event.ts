import { isDeepStrictEqual } from 'node:util'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { normalizeEmail } from '../domain/email.ts'
import type { ChatEvent } from '../domain/events.ts'
import type { InboxRow } from '../domain/inbox-row.ts'
import { compareGroup, hasJoining } from './facts/compare-fact.ts'
import { type Fact, listFacts } from './facts/facts-of-event.ts'
import type { Item } from './item.ts'
import { rowKey } from './keys.ts'
import { formatKey, readItems } from './read-items.ts'
import { toRow } from './rows/stored-row.ts'
import type { Store } from './table.ts'

/**
 * Finds what an event says and the table does not, or only in an older form.
 * @returns one line each
 */
export const findMissingFacts = async (store: Store, event: ChatEvent): Promise<string[]> => {
  const facts = listFacts(event)
  const keys = new Map(facts.map(({ key }) => [formatKey(key), key]))
  const stored = await readItems(store, [...keys.values()])
  return facts.flatMap((fact) => describeDifference(fact, stored.get(formatKey(fact.key))) ?? [])
}

/**
 * Compares a user's row with the one expected.
 * @returns one line for each field that differs
 */
export const findDifferingFields = async (
  store: Store,
  viewer: string,
  expected: InboxRow,
): Promise<string[]> => {
  const key = rowKey(normalizeEmail(viewer), expected.room_id)
  const { Item } = await store.client.send(
    new GetItemCommand({
      TableName: store.tableName,
      Key: marshall(key),
      ConsistentRead: true,
    }),
    { abortSignal: store.signal },
  )
  if (Item?.['activity'] === undefined) return [`room ${expected.room_id} is not listed`]
  const row = toRow(Item)
  return Object.entries(expected).flatMap(([field, value]) => {
    const actual = row[field as keyof InboxRow]
    return isDeepStrictEqual(actual, value)
      ? []
      : `room ${expected.room_id}: ${field} is ${JSON.stringify(actual)}, not ${JSON.stringify(value)}`
  })
}

const describeDifference = (fact: Fact, item: Item = {}): string | undefined => {
  const name = formatKey(fact.key)
  switch (fact.rule) {
    case 'first': {
      const stored = item['type'] as string | undefined
      return stored === fact.type
        ? undefined
        : `${name}: type is ${stored ?? 'not stored'}, not ${fact.type}`
    }
    case 'oldest': {
      const stored = item['created_at'] as string | undefined
      if (stored === undefined) return `${name}: created_at not stored`
      return stored > fact.createdAt ? `${name}: created_at newer than the event` : undefined
    }
    case 'joining': {
      return hasJoining(fact, item) ? undefined : `${name}: joinings not stored`
    }
    case 'newest': {
      const names = Object.keys(fact.group).join(', ')
      switch (compareGroup(fact, item)) {
        case 'not stored':
          return `${name}: ${names} not stored`
        case 'older':
          return `${name}: ${names} older than the event`
        case 'known':
          return undefined
      }
    }
  }
}
