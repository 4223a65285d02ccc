import { setTimeout } from 'node:timers/promises'
import { ConditionFailed, Contention } from './errors.ts'
import type { Store } from './table.ts'

const firstPauseMs = 25
const longestPauseMs = 1000
/** From this failure on, a failed condition pauses too: it may never hold. */
const pausesFrom = 3

/**
 * Repeats an attempt that reads, decides and writes until it succeeds. After contention it pauses, with
 * full jitter. After a failed condition it repeats at once, because the attempt decides on new data; from
 * the third failure on it pauses as well.
 * @throws InboxError `unavailable` once the store's signal says that the time is up
 */
export const retryContention = async <T>(
  { random, signal }: Pick<Store, 'random' | 'signal'>,
  attempt: () => Promise<T>,
): Promise<T> => {
  let pauseMs = firstPauseMs
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt()
    } catch (cause) {
      if (!(cause instanceof Contention || cause instanceof ConditionFailed)) throw cause
      if (cause instanceof Contention || failures >= pausesFrom) {
        await setTimeout(random() * pauseMs, undefined, { signal }).catch(() => undefined)
        pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      }
      if (signal.aborted) throw new Contention({ cause })
    }
  }
}
