import { setTimeout } from 'node:timers/promises'
import type { Choose } from '../model/choices.ts'

/** Work that is done again and again by some workers at once. */
export interface Activity {
  workers: number
  /** The mean pause of a worker before each piece of work. */
  pauseMs: number
  /** @param choose the choices of its worker */
  work: (choose: Choose) => Promise<void>
}

/**
 * Runs activities at once, and begins no more work after a while.
 * @returns once all work that was begun is done
 */
export const runActivities = async (
  activities: Activity[],
  lastsMs: number,
  nextDice: () => Choose,
): Promise<void> => {
  const signal = AbortSignal.timeout(Math.round(lastsMs))
  const runWorker = async ({ pauseMs, work }: Activity): Promise<void> => {
    const choose = nextDice()
    for (;;) {
      await setTimeout(choose(2 * pauseMs), undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      await work(choose)
    }
  }
  await Promise.all(
    activities.flatMap((activity) =>
      Array.from({ length: activity.workers }, () => runWorker(activity)),
    ),
  )
}
