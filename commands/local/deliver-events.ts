import { applyMessages } from '../../lib/events/queue.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'

const limitMs = 60_000

/**
 * Applies messages as the function behind the queue does, in one batch.
 * @param bodies events as EventBridge passes them on, in JSON
 * @param ageMs how much older than they are the rows look
 * @returns how many events they have, and why some were not applied: EventRefused for an event that is wrong, another
 * error for a failure
 */
export const deliverEvents = async (
  bodies: string[],
  ageMs = 0,
): ReturnType<typeof applyMessages> => {
  // Imported here because it reads the environment when it is loaded.
  const { store } = await import('../../lib/deps.ts')
  const limited = {
    ...store,
    now: () => store.now() - ageMs,
    signal: AbortSignal.timeout(limitMs),
  }
  return applyMessages(bodies, (events) => applyEvents(limited, events), store.now)
}
