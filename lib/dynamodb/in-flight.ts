import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import pLimit from 'p-limit'

/**
 * Limits the number of calls that are in flight at the same time, over the whole process. Without it, a
 * call that waits for a free socket runs into the connection time-out and fails.
 */
export const limitCallsInFlight = (client: DynamoDBClient, sockets: number): void => {
  const limit = pLimit(sockets)
  client.middlewareStack.add((next) => (args) => limit(() => next(args)), {
    name: 'limitCallsInFlight',
    step: 'initialize',
    priority: 'low',
  })
}
