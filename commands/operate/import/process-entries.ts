import type { Progress } from '../table/progress.ts'
import type { Entry } from './read-entries.ts'
import type { Report } from './report.ts'
import type { AcceptedEntry, Task } from './tasks.ts'

/**
 * The largest batch. The events of one room in one batch need only one projection, so a larger batch
 * means fewer calls, and more memory.
 */
const maxEntries = 60_000
const maxBytes = 16_000_000

interface Processing {
  isStrict: boolean
  task: Task
  report: Report
  progress: Progress
}

/** Reads the entries and processes them, batch by batch. A strict one ends with the first refusal. */
export const processEntries = async (
  entries: AsyncIterable<Entry>,
  { isStrict, task, report, progress }: Processing,
): Promise<void> => {
  const isOver = () => isStrict && report.hasRefusals
  let batch: AcceptedEntry[] = []
  let count = 0
  let bytes = 0
  let start = 0
  let end = 0
  const isFull = () => isStrict || count >= maxEntries || bytes >= maxBytes
  const flush = async () => {
    const bytesPerEntry = (end - start) / Math.max(count, 1)
    const onDone = (entries: number) => {
      start += entries * bytesPerEntry
      progress.advance(entries, start)
    }
    onDone(count - batch.length)
    await task.processBatch(batch, report, onDone)
    report.sayAll()
    batch = []
    count = 0
    bytes = 0
  }
  for await (const entry of entries) {
    count += 1
    bytes += entry.bytes
    end = entry.end
    if (entry.refusal) report.refuse(entry, entry.refusal.message)
    else batch.push(entry as AcceptedEntry)
    if (isOver() || isFull()) await flush()
    if (isOver()) return
  }
  await flush()
  progress.advance(0, Infinity)
}
