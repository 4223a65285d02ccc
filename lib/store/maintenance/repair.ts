import { setTimeout } from 'node:timers/promises'
import { ConditionFailed } from '../errors.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../store.ts'

/** What was wrong, and what still is. */
export interface Repaired<Wrong> {
  found: Wrong[]
  /** Not empty if new events kept making the attempts too late. */
  left: Wrong[]
}

const attempts = 8
/** An event writes its rows within this time after its facts are recorded, if it does not fail. */
const eventMs = 1000

/**
 * Finds what is wrong, repairs it, and looks again, until nothing is wrong. What is right is only read, so
 * work that was interrupted is continued by doing it again.
 * @param repair returns whether everything is certainly right now, which saves the last look
 */
export const repairUntilRight = async <Wrong>(
  store: Store,
  find: () => Promise<Wrong[]>,
  repair: (wrong: Wrong[]) => Promise<boolean>,
): Promise<Repaired<Wrong>> => {
  const found = await retryContention(store, find)
  let left = found
  for (let failures = 0; left.length > 0 && failures < attempts; failures += 1) {
    const wrong = left
    try {
      if (await retryContention(store, () => repairOnce(repair, wrong))) return { found, left: [] }
    } catch (error) {
      if (!(error instanceof Outdated)) throw error
    }
    left = await retryContention(store, find)
  }
  return { found, left }
}

/**
 * The stored data has changed since it was read: another attempt reads it again, instead of writing the same
 * again.
 */
class Outdated extends Error {}

const repairOnce = async <Wrong>(
  repair: (wrong: Wrong[]) => Promise<boolean>,
  wrong: Wrong[],
): Promise<boolean> => {
  try {
    return await repair(wrong)
  } catch (error) {
    throw error instanceof ConditionFailed ? new Outdated() : error
  }
}

/**
 * Finds what is wrong without repairing it. It looks twice, because an event may be about to write what is
 * missing.
 */
export const findTwice = async <Wrong>(
  store: Store,
  find: () => Promise<Wrong[]>,
): Promise<Wrong[]> => {
  const found = await retryContention(store, find)
  if (found.length === 0) return []
  await setTimeout(eventMs, undefined, { signal: store.signal })
  return retryContention(store, find)
}
