import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Email } from '../../domain/email.ts'
import type { RoomType } from '../../domain/room-type.ts'
import { totalActivity, totalKey } from '../keys.ts'
import type { Store } from '../store.ts'
import type { Write } from '../transact.ts'

/** `total` is a reserved word of DynamoDB. */
const names = { '#total': 'total' }

/**
 * Makes the write that changes a listing's total. It creates the total if necessary. `changes` grows with every
 * change, so that a count of the rows notices a join and a leave that together do not change the total.
 */
export const makeTotalWrite = (
  { tableName }: Store,
  viewer: Email,
  type: RoomType,
  change: 1 | -1,
): Write => ({
  Update: {
    TableName: tableName,
    Key: totalKey(viewer, type),
    UpdateExpression: 'SET activity = :activity ADD #total :change, changes :one',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ':activity': totalActivity(type), ':change': change, ':one': 1 },
  },
})

/** A wrong total of a listing, and the right one. */
export interface WrongTotal {
  user: Email
  type: RoomType
  /** Undefined if none is stored, or none that is a number. */
  stored: number | undefined
  /** The number of listed rows. */
  counted: number
  /** The `changes` of the total while the rows were counted. Like the total, it may be damaged. */
  changes: unknown
}

/**
 * Stores the number of listed rows as a listing's total.
 * @throws ConditionFailed if the total has changed since the rows were counted: count them again
 */
export const correctTotal = async (
  store: Store,
  { user, type, counted, changes }: WrongTotal,
): Promise<void> => {
  await store.client.send(
    new UpdateCommand({
      TableName: store.tableName,
      Key: totalKey(user, type),
      UpdateExpression: 'SET activity = :activity, #total = :counted, changes = :next',
      ConditionExpression:
        changes === undefined ? 'attribute_not_exists(changes)' : 'changes = :changes',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: {
        ':activity': totalActivity(type),
        ':counted': counted,
        ':next': typeof changes === 'number' ? changes + 1 : 1,
        ...(changes !== undefined && { ':changes': changes }),
      },
    }),
    { abortSignal: store.signal },
  )
}
