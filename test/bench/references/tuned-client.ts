import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** The client without its logger, which copies every output but logs nothing. */
export const client = new DynamoDBClient()
client.middlewareStack.remove('loggerMiddleware')
