import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import pLimit from 'p-limit'

/**
 * Sends at most so many calls at a time over the whole process. A call that waits for a free socket
 * counts as one that cannot connect, and fails by the connection time-out.
 */
export const limitCallsInFlight = (client: DynamoDBClient, sockets: number): void => {
  const limit = pLimit(sockets)
  client.middlewareStack.add((next) => (args) => limit(() => next(args)), {
    name: 'limitCallsInFlight',
    step: 'initialize',
    priority: 'low',
  })
}
