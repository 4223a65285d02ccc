import { config } from '../lib/config.ts'
import { store } from '../lib/deps.ts'
import { makePublishHandler } from '../lib/events/publish-changes.ts'
import { makePutEvents } from '../lib/events/put-events.ts'
import { countUnread } from '../lib/store/count-unread.ts'
import { findChange } from '../lib/store/find-change.ts'

const { busName, withChanges, withBadges } = config
if (busName === undefined)
  throw new Error('The environment variable BUS_NAME is missing: set it to the name of the bus.')

/** Leaves through the API and changes of lists, from the stream of the table to the bus. */
export const handler = makePublishHandler({
  findChange,
  putEvents: makePutEvents(busName),
  withChanges,
  ...(withBadges && { readBadge: (user) => countUnread(store, user) }),
  random: store.random,
})
