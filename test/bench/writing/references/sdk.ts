import {
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Send } from './one-call-a-write.ts'

/** Sends calls with a client of the SDK. */
export const makeSend =
  (client: DynamoDBClient): Send =>
  (action, input) => {
    switch (action) {
      case 'UpdateItem':
        return client.send(new UpdateItemCommand(input as UpdateItemCommand['input']))
      case 'Query':
        return client.send(new QueryCommand(input as QueryCommand['input']))
      case 'PutItem':
        return client.send(new PutItemCommand(input as PutItemCommand['input']))
    }
  }
