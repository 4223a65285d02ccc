import { setTimeout } from 'node:timers/promises'

const pollMs = 5

/**
 * Repeats a check until it succeeds.
 * @returns false if it did not succeed within the limit
 */
export const waitUntil = async (
  check: () => Promise<boolean>,
  limitMs: number,
): Promise<boolean> => {
  const end = Date.now() + limitMs
  while (!(await check())) {
    if (Date.now() > end) return false
    await setTimeout(pollMs)
  }
  return true
}
