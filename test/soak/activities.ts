import { setTimeout } from 'node:timers/promises'
import type { Choose } from '../model/choices.ts'

/** Work that several workers repeat at the same time. */
export interface Activity {
  workers: number
  /** The mean pause of a worker before each piece of work. */
  pauseMs: number
  /** @param choose makes the random choices of the worker */
  work: (choose: Choose) => Promise<void>
}

/**
 * Runs activities at the same time. It starts no new work after `lastsMs`.
 * @returns when all work that it started is done
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
