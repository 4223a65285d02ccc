import { setTimeout } from 'node:timers/promises'
import { InboxError, Unreadable } from '../domain/errors.ts'
import { ConditionFailed, Contention } from './errors.ts'
import type { Store } from './store.ts'

const firstPauseMs = 25
const longestPauseMs = 1000
/** From this failure on, a failed condition pauses too: it may never hold. */
const pausesFrom = 3
/**
 * The pauses of this many tries take most of a minute, and each try decides on newer data. So other writers cannot
 * be the cause: the stored data is such that the condition never holds.
 */
const mostFailedConditions = 100
/**
 * DynamoDB throttles for minutes until it has adapted to a load. The pauses of this many tries take eight minutes.
 */
const mostContentions = 1000

/**
 * Repeats an attempt that reads, decides and writes until it succeeds. After contention it pauses, with full
 * jitter. After a failed condition it repeats at once, because the attempt decides on new data; from the third
 * failure on it pauses as well. In a function, the time limit of its store ends the repetition. The store of a
 * command has no time limit, so the number of failures is limited as well. A store with a patience ends it once the
 * pauses add up to more, those of the SDK included.
 * @throws InboxError `unavailable` once the store's signal says that the time is up, or after too much contention
 * @throws Unreadable after too many failed conditions
 */
export const retryContention = async <T>(
  { random, signal, patienceMs = Infinity }: Pick<Store, 'random' | 'signal' | 'patienceMs'>,
  attempt: () => Promise<T>,
): Promise<T> => {
  let pauseMs = firstPauseMs
  let failedConditions = 0
  let contentions = 0
  let pausedMs = 0
  for (;;) {
    try {
      return await attempt()
    } catch (cause) {
      if (cause instanceof ConditionFailed) failedConditions += 1
      else if (cause instanceof Contention) {
        contentions += 1
        pausedMs += cause.pausedMs
      } else throw cause
      if (failedConditions === mostFailedConditions)
        throw new Unreadable(
          `the condition of a write failed ${failedConditions} times in a row: try again, and report it if it fails again`,
          { cause },
        )
      // This is not thrown as Contention, which a caller would retry.
      const isOutOfPatience = cause instanceof Contention && pausedMs > patienceMs
      if (contentions === mostContentions || isOutOfPatience)
        throw new InboxError('unavailable', cause.message, { cause: cause.cause ?? cause })
      if (cause instanceof Contention || failedConditions + contentions >= pausesFrom) {
        const ms = random() * pauseMs
        pausedMs += ms
        await setTimeout(ms, undefined, { signal }).catch(() => undefined)
        pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      }
      if (signal.aborted) throw new Contention({ cause })
    }
  }
}
