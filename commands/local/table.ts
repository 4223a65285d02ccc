import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { inboxIndex, inboxSortKey, partitionKey, sortKey } from '../../lib/store/schema.ts'

/**
 * Creates the table as the data stack does, for an engine without CloudFormation.
 * @returns false if the table already exists
 */
export const createTable = async (client: DynamoDBClient, tableName: string): Promise<boolean> => {
  const key = (range: string) => [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ]
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [partitionKey, sortKey, inboxSortKey].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
        })),
        KeySchema: key(sortKey),
        LocalSecondaryIndexes: [
          {
            IndexName: inboxIndex,
            KeySchema: key(inboxSortKey),
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    )
  } catch (error) {
    if (error instanceof ResourceInUseException) return false
    throw error
  }
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.05 }, { TableName: tableName })
  return true
}
