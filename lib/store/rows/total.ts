import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Email } from '../../domain/email.ts'
import { type RoomType, roomTypes } from '../../domain/room-type.ts'
import { findListing, totalActivity, totalKey } from '../keys.ts'
import type { Store } from '../store.ts'
import type { Write } from '../transact.ts'
import type { Attributes } from './stored-row.ts'
import { noTotalId, type TotalIds } from './sync-token.ts'

/** `total` is a reserved word of DynamoDB. */
export const totalNames = { '#total': 'total' }

/**
 * Makes the write that changes a listing's total. It creates the total if necessary. `changes` grows with every
 * change, so that a count of the rows notices a join and a leave that together do not change the total. A total
 * keeps its random id until it is deleted: sync-token.ts says why.
 */
export const makeTotalWrite = (
  store: Store,
  viewer: Email,
  type: RoomType,
  change: 1 | -1,
): Write => ({
  Update: {
    TableName: store.tableName,
    Key: totalKey(viewer, type),
    UpdateExpression:
      'SET activity = :activity, total_id = if_not_exists(total_id, :id) ADD #total :change, changes :one',
    ExpressionAttributeNames: totalNames,
    ExpressionAttributeValues: {
      ':activity': totalActivity(type),
      ':id': makeTotalId(store),
      ':change': change,
      ':one': 1,
    },
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
      UpdateExpression:
        'SET activity = :activity, total_id = if_not_exists(total_id, :id), #total = :counted, changes = :next',
      ConditionExpression: hasChanges(changes),
      ExpressionAttributeNames: totalNames,
      ExpressionAttributeValues: {
        ':activity': totalActivity(type),
        ':id': makeTotalId(store),
        ':counted': counted,
        ':next': typeof changes === 'number' ? changes + 1 : 1,
        ...(changes !== undefined && { ':changes': changes }),
      },
    }),
    { abortSignal: store.signal },
  )
}

/**
 * Deletes a total, which may be gone already.
 * @param changes those of the total when it was read
 * @throws ConditionFailed if a row was added to the list or removed from it since then
 */
export const deleteTotal = async (
  store: Store,
  { user, type, changes }: Pick<WrongTotal, 'user' | 'type' | 'changes'>,
): Promise<void> => {
  await store.client.send(
    new DeleteCommand({
      TableName: store.tableName,
      Key: totalKey(user, type),
      ConditionExpression: hasChanges(changes),
      ...(changes !== undefined && { ExpressionAttributeValues: { ':changes': changes } }),
    }),
    { abortSignal: store.signal },
  )
}

const hasChanges = (changes: unknown): string =>
  changes === undefined ? 'attribute_not_exists(changes)' : 'changes = :changes'

const makeTotalId = ({ makeToken }: Store): string => makeToken().slice(0, 8)

/** The attributes of a total that a listing reads. `total` is a reserved word of DynamoDB: {@link totalNames}. */
export const totalAttributes = ['#total', 'total_id']

/** @returns 0 if no total is stored */
export const readTotal = (item: Attributes | undefined): number => Number(item?.['total']?.N ?? 0)

/** @param items the stored totals of a caller. One that was stored before totals had ids has {@link noTotalId} */
export const readTotalIds = (items: Attributes[]): TotalIds =>
  Object.fromEntries(
    items.flatMap((item) => {
      const type = findListing(item['activity']!.S!)
      return type === undefined ? [] : [[type, item['total_id']?.S ?? noTotalId]]
    }),
  )

const placesOfTotals: ReadonlySet<string | undefined> = new Set(roomTypes.map(totalActivity))

/** Whether an item is the total of a list, not a row. */
export const isTotal = (item: Attributes): boolean => placesOfTotals.has(item['activity']?.S)
