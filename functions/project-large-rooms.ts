import { store } from '../lib/deps.ts'
import { makeProjectionHandler } from '../lib/events/projections.ts'
import { projectLargeRoom } from '../lib/store/project-large-room.ts'

/** The rows of large groups, from the queue that apply-chat-events fills. */
export const handler = makeProjectionHandler((projection, signal) =>
  projectLargeRoom({ ...store, signal }, projection),
)
