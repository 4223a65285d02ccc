import { store } from '../lib/deps.ts'
import { makeQueueHandler } from '../lib/events/queue.ts'
import { applyEvents } from '../lib/store/apply-events.ts'

/** Chat events, from the queue behind the bus. */
export const handler = makeQueueHandler(
  (events, signal) => applyEvents({ ...store, signal }, events),
  store.now,
)
