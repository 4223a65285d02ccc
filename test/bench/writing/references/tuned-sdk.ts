import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { makeHandler } from './one-call-a-write.ts'
import { makeSend } from './sdk.ts'

/** The client without its logger, which copies every output but logs nothing. */
const client = new DynamoDBClient()
client.middlewareStack.remove('loggerMiddleware')

export const handler = makeHandler(makeSend(client))
