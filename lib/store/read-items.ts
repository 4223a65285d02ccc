import { BatchGetCommand } from '@aws-sdk/lib-dynamodb'
import { Contention } from './errors.ts'
import type { Item } from './item.ts'
import { formatKey, type Key } from './keys.ts'
import { retryContention } from './retry.ts'
import type { Store } from './store.ts'

/** The maximum of BatchGetItem. */
const batchSize = 100

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
  for (let start = 0; start < unique.length; start += batchSize)
    batches.push(readBatch(store, unique.slice(start, start + batchSize)))
  const items = (await Promise.all(batches)).flat()
  const found = new Map(items.map((item) => [formatKey(item), item]))
  return keys.map((key) => found.get(formatKey(key)))
}

const readBatch = async (store: Store, keys: Key[]): Promise<(Item & Key)[]> => {
  const items: (Item & Key)[] = []
  let unread = keys
  await retryContention(store, async () => {
    const { Responses, UnprocessedKeys } = await store.client.send(
      new BatchGetCommand({
        RequestItems: { [store.tableName]: { Keys: unread, ConsistentRead: true } },
      }),
      { abortSignal: store.signal },
    )
    items.push(...((Responses?.[store.tableName] ?? []) as (Item & Key)[]))
    unread = (UnprocessedKeys?.[store.tableName]?.Keys ?? []) as Key[]
    if (unread.length > 0)
      throw new Contention({ cause: new Error('Throttled: DynamoDB left keys of a batch unread') })
  })
  return items
}
