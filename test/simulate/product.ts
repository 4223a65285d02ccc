import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { makeProjectionHandler, formatProjection } from '../../lib/events/projections.ts'
import type { makeQueueHandler } from '../../lib/events/queue.ts'
import type { applyEvents } from '../../lib/store/apply-events.ts'
import type { projectLargeRoom } from '../../lib/store/project-large-room.ts'
import type { Store } from '../../lib/store/store.ts'
import type { Handler } from './lambda.ts'
import {
  eventsQueue,
  eventsQueueAtOnce,
  largestAtOnce,
  patienceMs,
  projectionsQueue,
  type QueueSettings,
} from './settings.ts'

/** The code of a checkout that the simulation runs. */
export interface Product {
  makeClient: () => DynamoDBClient
  eventsQueue: QueueSettings
  /** The handler of apply-chat-events. */
  makeEventHandler: (store: Store, requestProjection: RequestProjection) => Handler
  /** The second function and its queue, in versions that project large groups later. */
  projections?: {
    queue: QueueSettings
    makeHandler: (store: Store) => Handler
  }
}

/** Sends a message to the queue of projections. */
type RequestProjection = (roomId: number, body: string) => Promise<void>

/** Loads the lib folder of a checkout. */
export const loadProduct = async (root: string): Promise<Product> => {
  const load = <Module>(file: string): Promise<Module> =>
    import(pathToFileURL(join(root, 'lib', file)).href) as Promise<Module>
  const client = await load<{ makeClient: () => DynamoDBClient }>('dynamodb/client.ts')
  const errors = await load<{ translateErrors: (client: DynamoDBClient) => void }>(
    'store/errors.ts',
  )
  const events = await load<{ makeQueueHandler: typeof makeQueueHandler }>('events/queue.ts')
  const store = await load<{ applyEvents: typeof applyEvents }>('store/apply-events.ts')
  const makeClient = () => {
    const made = client.makeClient()
    errors.translateErrors(made)
    return made
  }
  if (!existsSync(join(root, 'lib/store/project-large-room.ts')))
    return {
      makeClient,
      eventsQueue: eventsQueueAtOnce,
      makeEventHandler: (one) =>
        events.makeQueueHandler(
          (batch, signal) => store.applyEvents({ ...one, signal }, batch),
          one.now,
        ),
    }

  const projections = await load<{
    makeProjectionHandler: typeof makeProjectionHandler
    formatProjection: typeof formatProjection
  }>('events/projections.ts')
  const largeRooms = await load<{ projectLargeRoom: typeof projectLargeRoom }>(
    'store/project-large-room.ts',
  )
  return {
    makeClient,
    eventsQueue,
    // As in functions/apply-chat-events.ts and functions/project-large-rooms.ts.
    makeEventHandler: (one, requestProjection) =>
      events.makeQueueHandler(
        (batch, signal) =>
          store.applyEvents({ ...one, signal, patienceMs }, batch, {
            above: largestAtOnce,
            request: (roomId, revision) =>
              requestProjection(roomId, projections.formatProjection(roomId, revision)),
          }),
        one.now,
      ),
    projections: {
      queue: projectionsQueue,
      makeHandler: (one) =>
        projections.makeProjectionHandler((projection, signal) =>
          largeRooms.projectLargeRoom({ ...one, signal }, projection),
        ),
    },
  }
}
