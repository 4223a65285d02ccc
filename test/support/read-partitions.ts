import type { Key } from '../../lib/store/keys.ts'
import { queryPages } from '../../lib/store/read-pages.ts'
import type { Store } from '../../lib/store/store.ts'

type Item = Key & Record<string, unknown>

/** Reads all items of these partitions, in the order of their keys. */
export const readPartitions = async (store: Store, partitions: string[]): Promise<Item[]> => {
  const items: Item[] = []
  for (const pk of partitions.toSorted()) {
    const pages = queryPages(store, {
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
    })
    for await (const { Items } of pages) items.push(...Items)
  }
  return items
}
