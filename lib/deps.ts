import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { config } from './config.ts'
import { translateErrors } from './store/errors.ts'
import { limitCallsInFlight } from './store/in-flight.ts'
import type { Store } from './store/table.ts'

/** As many as the SDK's handler opens. */
const sockets = 50

const client = new DynamoDBClient({
  // A call that hangs is given up early enough for two more tries within a function's time limit.
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
})
// It copies every output for a logger that logs nothing: a quarter of a request's CPU time.
client.middlewareStack.remove('loggerMiddleware')
translateErrors(client)
limitCallsInFlight(client, sockets)

/** The one table, with this process's client, clock and random numbers, and no time limit. */
export const store: Store = {
  client: DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  }),
  tableName: config.tableName,
  now: Date.now,
  random: Math.random,
  signal: new AbortController().signal,
}
