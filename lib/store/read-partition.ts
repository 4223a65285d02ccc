import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb'
import type { Item } from './item.ts'
import type { Key } from './keys.ts'
import { retryContention } from './retry.ts'
import type { Store } from './table.ts'

/** Reads all items of a partition, in pages. Not consistently: for a table that nothing is written to. */
export async function* readPartition(
  store: Store,
  { pk }: Pick<Key, 'pk'>,
): AsyncGenerator<(Item & Key)[]> {
  let from: Item | undefined
  do {
    const answer: QueryCommandOutput = await retryContention(store, () =>
      store.client.send(
        new QueryCommand({
          TableName: store.tableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ...(from && { ExclusiveStartKey: from }),
        }),
        { abortSignal: store.signal },
      ),
    )
    yield (answer.Items ?? []) as (Item & Key)[]
    from = answer.LastEvaluatedKey
  } while (from !== undefined)
}
