import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb'
import type { Email } from '../domain/email.ts'
import type { Item } from './item.ts'
import { type Key, rowPrefix, userPartition } from './keys.ts'
import { retryContention } from './retry.ts'
import type { Store } from './table.ts'

/**
 * Reads a user's rows and, after them, the totals: all items from the first row on. It reads the base table,
 * where a row has its place whether it is listed or not. Without the attributes that rows show.
 */
export async function* readUserRows(store: Store, user: Email): AsyncGenerator<(Item & Key)[]> {
  let from: Item | undefined
  do {
    const answer: QueryCommandOutput = await retryContention(store, () =>
      store.client.send(
        new QueryCommand({
          TableName: store.tableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk >= :rows',
          ExpressionAttributeValues: { ':pk': userPartition(user).pk, ':rows': rowPrefix },
          ProjectionExpression: 'pk, sk, activity, revision, left_at, #total, changes',
          // `total` is a reserved word of DynamoDB.
          ExpressionAttributeNames: { '#total': 'total' },
          ...(from && { ExclusiveStartKey: from }),
        }),
        { abortSignal: store.signal },
      ),
    )
    yield (answer.Items ?? []) as (Item & Key)[]
    from = answer.LastEvaluatedKey
  } while (from !== undefined)
}
