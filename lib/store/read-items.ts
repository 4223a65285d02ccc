import { BatchGetCommand } from '@aws-sdk/lib-dynamodb'
import { Contention } from './errors.ts'
import type { Item } from './item.ts'
import { formatKey, type Key } from './keys.ts'
import { retryContention } from './retry.ts'
import type { Store } from './store.ts'

/** The maximum of BatchGetItem. */
export const mostKeys = 100

/**
 * Reads items by their keys, consistently. Contention is retried, for the keys that are not read yet.
 * @returns the stored items in the order of the keys; undefined for a key that has none
 */
export const readItems = async (
  store: Store,
  keys: Key[],
): Promise<((Item & Key) | undefined)[]> => {
  const byName = new Map(keys.map((key) => [formatKey(key), key]))
  const unique = [...byName.values()]
  const batches: Promise<(Item & Key)[]>[] = []
  for (let start = 0; start < unique.length; start += mostKeys)
    batches.push(readBatch(store, unique.slice(start, start + mostKeys)))
  const items = (await Promise.all(batches)).flat()
  const found = new Map(items.map((item) => [formatKey(item), item]))
  return keys.map((key) => found.get(formatKey(key)))
}

const readBatch = async (store: Store, keys: Key[]): Promise<(Item & Key)[]> => {
  const items: (Item & Key)[] = []
  let unread = keys
  await retryContention(store, async () => {
    const read = await requestItems(store, unread)
    items.push(...read.items)
    unread = read.unread
    if (unread.length > 0)
      throw new Contention({ cause: new Error('Throttled: DynamoDB left keys of a batch unread') })
  })
  return items
}

/**
 * Requests up to {@link mostKeys} items, consistently.
 * @returns also the keys that DynamoDB left unread, because it throttles
 */
export const requestItems = async (
  { client, tableName, signal }: Store,
  keys: Key[],
): Promise<{ items: (Item & Key)[]; unread: Key[] }> => {
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetCommand({ RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } }),
    { abortSignal: signal },
  )
  return {
    items: (Responses?.[tableName] ?? []) as (Item & Key)[],
    unread: (UnprocessedKeys?.[tableName]?.Keys ?? []) as Key[],
  }
}
