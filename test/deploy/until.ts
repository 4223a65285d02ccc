import { setTimeout } from 'node:timers/promises'

const pollMs = 100

/**
 * Tries until it works, since what is far away takes its time.
 * @param attempt throws as long as it does not
 * @throws Error with the last attempt's message when the time is over
 */
export const until = async (
  what: string,
  limitMs: number,
  attempt: () => Promise<void>,
): Promise<void> => {
  const end = Date.now() + limitMs
  for (;;)
    try {
      await attempt()
      return
    } catch (error) {
      if (Date.now() > end)
        throw new Error(`After ${limitMs / 1000} s it is not so that ${what}:`, { cause: error })
      await setTimeout(pollMs)
    }
}
