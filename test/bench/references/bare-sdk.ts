import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { responseOf, type Event, queryOf } from './query.ts'

const client = new DynamoDBClient()

export const handler = async (event: Event) => {
  const { Items } = await client.send(new QueryCommand(queryOf(event)))
  return responseOf(Items)
}
