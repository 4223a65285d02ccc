import { config } from '../lib/config.ts'
import { store } from '../lib/deps.ts'
import { makeQueueHandler } from '../lib/events/queue.ts'
import { makeProjectionRequests } from '../lib/events/request-projection.ts'
import { applyEvents } from '../lib/store/apply-events.ts'

/** Groups up to this size are projected at once. A batch of 100 such groups takes seconds. */
const largestAtOnce = 100
/** A room that is throttled fails alone, so that the rest of its batch does not wait for it until the time is up. */
const patienceMs = 2000

const { projectionsUrl } = config
const requestProjection =
  projectionsUrl === undefined ? undefined : makeProjectionRequests(projectionsUrl, store.makeToken)

/** Chat events, from the queue behind the bus. */
export const handler = makeQueueHandler(
  (events, signal) =>
    applyEvents(
      { ...store, signal, patienceMs },
      events,
      requestProjection && {
        above: largestAtOnce,
        request: (roomId, revision) => requestProjection(roomId, revision, signal),
      },
    ),
  store.now,
)
