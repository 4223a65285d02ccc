import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { responseOf, type Event, queryOf } from './query.ts'

/** The client without its logger, which copies every output but logs nothing. */
const client = new DynamoDBClient()
client.middlewareStack.remove('loggerMiddleware')

export const handler = async (event: Event) => {
  const { Items } = await client.send(new QueryCommand(queryOf(event)))
  return responseOf(Items)
}
