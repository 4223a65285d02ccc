import type { Email } from '../../domain/email.ts'
import { rowPrefix, userPartition } from '../keys.ts'
import { queryPages } from '../read-pages.ts'
import type { Store } from '../store.ts'

/**
 * Reads a user's rows and, after them, the totals: all items from the first row on. It reads the base table, which
 * has rows whether they are listed or not, without the attributes that listings show.
 */
export const readUserRows = (store: Store, user: Email): ReturnType<typeof queryPages> =>
  queryPages(store, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND sk >= :rows',
    ExpressionAttributeValues: { ':pk': userPartition(user).pk, ':rows': rowPrefix },
    ProjectionExpression: 'pk, sk, activity, revision, left_at, #total, changes',
    // `total` is a reserved word of DynamoDB.
    ExpressionAttributeNames: { '#total': 'total' },
  })
