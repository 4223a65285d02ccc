import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import middy from '@middy/core'
import cors from '@middy/http-cors'
import errorHandler from '@middy/http-error-handler'
import eventNormalizer from '@middy/http-event-normalizer'
import headerNormalizer from '@middy/http-header-normalizer'
import securityHeaders from '@middy/http-security-headers'
import { answerOf, type Event, queryOf } from './query.ts'

const client = DynamoDBDocumentClient.from(new DynamoDBClient())

export const handler = middy(async (event: Event) => {
  const { ExpressionAttributeValues: values, ...query } = queryOf(event)
  const { Items } = await client.send(
    new QueryCommand({ ...query, ExpressionAttributeValues: unmarshall(values) }),
  )
  return answerOf(Items)
})
  .use(eventNormalizer())
  .use(headerNormalizer())
  .use(cors())
  .use(securityHeaders())
  .use(errorHandler())
