import { setTimeout } from 'node:timers/promises'
import { InboxError, Unreadable } from '../domain/errors.ts'
import { ConditionFailed, Contention } from './errors.ts'
import type { Store } from './store.ts'

const firstPauseMs = 25
const longestPauseMs = 1000
/** From this failure on, a failed condition pauses too: it may never hold. */
const pausesFrom = 3
/**
 * Each try decides on newer data, and the pauses of this many take most of a minute. So it is not others who
 * write meanwhile: what is stored is such that the condition never holds.
 */
const mostFailedConditions = 100
/** DynamoDB throttles for minutes until it has adapted to a load. The pauses of this many take eight minutes. */
const mostContentions = 1000

/**
 * Repeats an attempt that reads, decides and writes until it succeeds. After contention it pauses, with
 * full jitter. After a failed condition it repeats at once, because the attempt decides on new data; from
 * the third failure on it pauses as well.
 * A function ends it by the time limit of its store. The store of a command has none, so the number of
 * failures has a limit as well.
 * @throws InboxError `unavailable` once the store's signal says that the time is up, or after too much contention
 * @throws Unreadable after too many failed conditions
 */
export const retryContention = async <T>(
  { random, signal }: Pick<Store, 'random' | 'signal'>,
  attempt: () => Promise<T>,
): Promise<T> => {
  let pauseMs = firstPauseMs
  let failedConditions = 0
  let contentions = 0
  for (;;) {
    try {
      return await attempt()
    } catch (cause) {
      if (cause instanceof ConditionFailed) failedConditions += 1
      else if (cause instanceof Contention) contentions += 1
      else throw cause
      if (failedConditions === mostFailedConditions)
        throw new Unreadable(
          `the condition of a write failed ${failedConditions} times in a row: try again, and report it if it fails again`,
          { cause },
        )
      // Not as Contention, which a caller would retry.
      if (contentions === mostContentions)
        throw new InboxError('unavailable', cause.message, { cause: cause.cause ?? cause })
      if (cause instanceof Contention || failedConditions + contentions >= pausesFrom) {
        await setTimeout(random() * pauseMs, undefined, { signal }).catch(() => undefined)
        pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      }
      if (signal.aborted) throw new Contention({ cause })
    }
  }
}
