import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { answerOf, type Event, projection, queryOf } from './query.ts'
import { client } from './tuned-client.ts'

export const handler = async (event: Event) => {
  const { Items } = await client.send(new QueryCommand({ ...queryOf(event), ...projection }))
  return answerOf(Items)
}
