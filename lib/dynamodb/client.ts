import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { openConnection } from './connection.ts'
import { limitCallsInFlight } from './in-flight.ts'
import { removeMiddleware } from './middleware.ts'
import { PlainJsonProtocol } from './protocol.ts'

/** As many as the SDK's handler opens. */
const sockets = 50

/**
 * Makes a DynamoDB client for short functions: the SDK's, without the parts that cost CPU time and are
 * not needed here. docs/benchmarks.md has what each measure saves. The connection opens at once.
 */
export const makeClient = (): DynamoDBClient => {
  const client = new DynamoDBClient({
    protocol: PlainJsonProtocol,
    // If DynamoDB does not respond, three tries end within a function's time limit, so that the log has the
    // cause. The SDK's default for DynamoDB is four tries.
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
  })
  removeMiddleware(client)
  limitCallsInFlight(client, sockets)
  openConnection(client)
  return client
}
