import pMap, { pMapIterable } from 'p-map'
import type { Partition } from './keys.ts'
import { listPartitions } from './list-partitions.ts'
import type { Store } from './table.ts'

const segments = 8
/** In each segment. */
const concurrency = 4

/**
 * Visits every room and every user of the table once, several at a time. It takes the same memory for any number.
 * @throws what a visit throws, and starts no more visits then
 */
export const visitPartitions = async (
  store: Store,
  visit: (partition: Partition) => Promise<void>,
): Promise<void> => {
  await pMap(
    Array.from({ length: segments }, (_, segment) => segment),
    async (segment) => {
      const partitions = listPartitions(store, segment, segments)
      const visits = pMapIterable(partitions, visit, { concurrency })[Symbol.asyncIterator]()
      while ((await visits.next()).done !== true);
    },
    { concurrency: segments },
  )
}
