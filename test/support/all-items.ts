import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb'
import type { Key } from '../../lib/store/keys.ts'
import type { Store } from '../../lib/store/table.ts'

type Item = Key & Record<string, unknown>

/** Reads the items of a table whose keys name one of these texts, in the order of their keys. */
export const readItemsAbout = async (store: Store, texts: string[]): Promise<Item[]> => {
  const items: Item[] = []
  let from: Record<string, unknown> | undefined
  do {
    const answer: ScanCommandOutput = await store.client.send(
      new ScanCommand({
        TableName: store.tableName,
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      }),
    )
    items.push(...((answer.Items ?? []) as Item[]))
    from = answer.LastEvaluatedKey
  } while (from !== undefined)
  return items
    .filter(({ pk }) => texts.includes(pk))
    .sort((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1))
}
