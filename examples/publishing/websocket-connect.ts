import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { readTicket } from './backend.ts'
import { readSecret, readVariable } from './signed-post.ts'

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const longestConnectionSeconds = 2 * 60 * 60

interface ConnectionEvent {
  requestContext: { routeKey: string; connectionId: string }
  queryStringParameters?: Record<string, string>
}

const client = new DynamoDBClient({})

/**
 * Stores who has opened a connection, if the ticket is valid, and forgets a closed one. API Gateway opens a connection
 * only after this has responded with 200 to `$connect`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
 */
export const handler = async ({
  requestContext: { routeKey, connectionId },
  queryStringParameters: { ticket = '' } = {},
}: ConnectionEvent): Promise<{ statusCode: number }> => {
  const table = { TableName: readVariable('TABLE_NAME') }
  const key = { connection_id: { S: connectionId } }
  if (routeKey === '$disconnect') {
    await client.send(new DeleteItemCommand({ ...table, Key: key }))
    return { statusCode: 200 }
  }
  const now = new Date()
  const email = readTicket(await readSecret(), ticket, now)
  if (email === undefined) return { statusCode: 401 }
  const expires_at = { N: String(Math.ceil(now.getTime() / 1000) + longestConnectionSeconds) }
  const Item = { ...key, email: { S: email }, expires_at }
  await client.send(new PutItemCommand({ ...table, Item }))
  return { statusCode: 200 }
}
