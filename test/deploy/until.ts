import { setTimeout } from 'node:timers/promises'

const pollMs = 100

/**
 * Repeats an attempt until it succeeds.
 * @param what the expected state, for the error message
 * @param attempt throws until that state is reached
 * @throws Error when the time is over, with the error of the last attempt as its cause
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
        throw new Error(`After ${limitMs / 1000} s, this was still not true: ${what}.`, {
          cause: error,
        })
      await setTimeout(pollMs)
    }
}
