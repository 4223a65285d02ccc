import { pMapIterable } from 'p-map'
import { type Key, type Partition, parsePartition } from '../keys.ts'
import type { Store } from '../store.ts'
import { scanSegments, segments } from './scan-segments.ts'

/**
 * Visits every room and every user of the table once, several at a time. It takes the same memory for any number
 * of them.
 * @param concurrency of the visits
 * @throws what a visit throws. Then it starts no more visits in any segment
 */
export const visitPartitions = async (
  store: Store,
  visit: (partition: Partition) => Promise<void>,
  concurrency: number,
): Promise<void> => {
  const inEach = Math.ceil(concurrency / segments)
  let hasFailed = false
  const visitUnlessFailed = async (partition: Partition) => {
    if (hasFailed) return
    try {
      await visit(partition)
    } catch (error) {
      hasFailed = true
      throw error
    }
  }
  await scanSegments(store, { ProjectionExpression: 'pk' }, async (pages) => {
    const visits = pMapIterable(listPartitions(pages), visitUnlessFailed, { concurrency: inEach })[
      Symbol.asyncIterator
    ]()
    while (!hasFailed && (await visits.next()).done !== true);
  })
}

/** A scan returns the items of one partition together, so each is listed once and nothing has to be remembered. */
async function* listPartitions(
  pages: AsyncIterable<{ Items: Pick<Key, 'pk'>[] }>,
): AsyncGenerator<Partition> {
  let last: string | undefined
  for await (const { Items } of pages)
    for (const item of Items) {
      if (item.pk === last) continue
      last = item.pk
      const partition = parsePartition(item)
      if (partition) yield partition
    }
}
