import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** The client without its copying of every output for a logger that logs nothing. */
export const client = new DynamoDBClient()
client.middlewareStack.remove('loggerMiddleware')
