import type { ScanCommandInput } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { scanPages } from '../read-pages.ts'
import type { Store } from '../store.ts'

/** How many parts of the table are read at the same time. All items of a partition are in one of them, together. */
export const segments = 8

/**
 * Reads the whole table, in segments at the same time.
 * @param work on the pages of one segment, which are read when it asks for them
 */
export const scanSegments = async (
  store: Store,
  input: Pick<
    ScanCommandInput,
    | 'ConsistentRead'
    | 'FilterExpression'
    | 'ExpressionAttributeValues'
    | 'ProjectionExpression'
    | 'ReturnConsumedCapacity'
  >,
  work: (pages: ReturnType<typeof scanPages>) => Promise<void>,
): Promise<void> => {
  await pMap(
    Array.from({ length: segments }).keys(),
    (Segment) => work(scanPages(store, { ...input, Segment, TotalSegments: segments })),
    { concurrency: segments },
  )
}
