import { setTimeout } from 'node:timers/promises'
import { ConditionFailed, Contention } from './errors.ts'
import type { Store } from './table.ts'

const firstPauseMs = 25
const longestPauseMs = 1000

/**
 * Runs an attempt that reads, decides and writes until it goes through: at once again where others
 * were quicker (a condition failed, so there is something new to decide on), after a pause with
 * full jitter where they were in the way.
 * @param signal ends the trying
 * @throws InboxError `unavailable` once the signal says that the time is up
 */
export const retryContention = async <T>(
  { random }: Pick<Store, 'random'>,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> => {
  let pauseMs = firstPauseMs
  for (;;) {
    try {
      return await attempt()
    } catch (cause) {
      if (!(cause instanceof Contention || cause instanceof ConditionFailed)) throw cause
      if (cause instanceof Contention) {
        await setTimeout(random() * pauseMs, undefined, { signal }).catch(() => undefined)
        pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      }
      if (signal.aborted) throw new Contention({ cause })
    }
  }
}
