import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb'
import type { Item } from './item.ts'
import { type Key, type Partition, parsePartition } from './keys.ts'
import { retryContention } from './retry.ts'
import type { Store } from './table.ts'

/**
 * Lists the rooms and users in one segment of the table. A scan returns the items of one partition together, so
 * each is listed once and nothing has to be remembered.
 * @param segment from 0, one of `segments`
 */
export async function* listPartitions(
  store: Store,
  segment: number,
  segments: number,
): AsyncGenerator<Partition> {
  let from: Item | undefined
  let last: string | undefined
  do {
    const answer: ScanCommandOutput = await retryContention(store, () =>
      store.client.send(
        new ScanCommand({
          TableName: store.tableName,
          Segment: segment,
          TotalSegments: segments,
          ProjectionExpression: 'pk',
          ...(from && { ExclusiveStartKey: from }),
        }),
        { abortSignal: store.signal },
      ),
    )
    for (const item of (answer.Items ?? []) as Pick<Key, 'pk'>[]) {
      if (item.pk === last) continue
      last = item.pk
      const partition = parsePartition(item)
      if (partition) yield partition
    }
    from = answer.LastEvaluatedKey
  } while (from !== undefined)
}
