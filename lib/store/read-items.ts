import { BatchGetCommand } from '@aws-sdk/lib-dynamodb'
import { Contention } from './errors.ts'
import type { Item } from './item.ts'
import type { Key } from './keys.ts'
import type { Store } from './table.ts'

/** The maximum of BatchGetItem. */
const batchSize = 100

/**
 * Reads items by their keys, consistently.
 * @returns each stored item, by its {@link formatKey}
 * @throws Contention if DynamoDB left keys unprocessed, as it does when it throttles
 */
export const readItems = async (store: Store, keys: Key[]): Promise<Map<string, Item & Key>> => {
  const batches: Promise<(Item & Key)[]>[] = []
  for (let start = 0; start < keys.length; start += batchSize)
    batches.push(readBatch(store, keys.slice(start, start + batchSize)))
  const items = (await Promise.all(batches)).flat()
  return new Map(items.map((item) => [formatKey(item), item]))
}

export const formatKey = ({ pk, sk }: Key): string => `${pk} ${sk}`

const readBatch = async (store: Store, keys: Key[]): Promise<(Item & Key)[]> => {
  const { Responses, UnprocessedKeys } = await store.client.send(
    new BatchGetCommand({
      RequestItems: { [store.tableName]: { Keys: keys, ConsistentRead: true } },
    }),
    { abortSignal: store.signal },
  )
  if (UnprocessedKeys && Object.keys(UnprocessedKeys).length > 0)
    throw new Contention({ cause: new Error('Throttled: DynamoDB left keys of a batch unread') })
  return (Responses?.[store.tableName] ?? []) as (Item & Key)[]
}
