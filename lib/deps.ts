import { randomUUID } from 'node:crypto'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { config } from './config.ts'
import { makeClient } from './dynamodb/client.ts'
import { translateErrors } from './store/errors.ts'
import type { Store } from './store/store.ts'

const client = makeClient()
translateErrors(client)

/** The one table, with this process's client, clock and random numbers, and no time limit. */
export const store: Store = {
  client: DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  }),
  tableName: config.tableName,
  now: Date.now,
  random: Math.random,
  makeToken: randomUUID,
  signal: new AbortController().signal,
}
