import type { Email } from '../../domain/email.ts'
import type { Timestamp } from '../../domain/time.ts'
import {
  allOf,
  isListed,
  isNotLeftSince,
  isNotListed,
  isOlder,
  isOlderOrHasNoRevision,
} from '../conditions.ts'
import { findListing, rowKey } from '../keys.ts'
import type { Store } from '../store.ts'
import type { Write } from '../transact.ts'
import { attributesWhileListed, type RowStatus } from './stored-row.ts'
import { makeTotalWrite } from './total.ts'
import { isAsNew, isLeftSince, writeRow } from './write-row.ts'

/** A row to take out of the list. */
interface UnlistedRow {
  viewer: Email
  roomId: number
  /** The room's revision, so that no older projection lists the row again. */
  revision: number
  /** Left out if the viewer is in the room, and the room is not shown to the viewer. */
  leftAt?: Timestamp
}

/**
 * Takes a row out of the list and lowers its listing's total in the same transaction. A row that is not listed
 * gets the revision and the time of the leave as well.
 * @returns whether it was written
 */
export const unlistRow = (store: Store, row: UnlistedRow): Promise<boolean> => {
  const { revision, leftAt } = row
  const makeWrites = (found: RowStatus): Write[] => {
    if (isAsNew(found, revision)) return []
    if (leftAt !== undefined && isLeftSince(found, leftAt)) return []
    if (found.activity !== undefined)
      return makeUnlistWrites(store, row, found, allOf(isListed, isOlder))
    const conditions = [isNotListed, isOlderOrHasNoRevision]
    if (leftAt !== undefined) conditions.push(isNotLeftSince)
    return makeUnlistWrites(store, row, found, allOf(...conditions))
  }
  return writeRow(store, makeWrites, {})
}

/** What remains of a row that is not listed. */
interface Remains {
  viewer: Email
  roomId: number
  /** If it is left out, the row keeps its own. Null removes it. */
  revision?: number | null
  /** If it is left out, the row keeps its own. */
  leftAt?: Timestamp
}

/**
 * Makes the writes that take a row out of the list, the row's own first: it loses everything that it showed, and its
 * listing's total is lowered. This is the only way out of a list.
 * @param found the stored row. If it is not listed, the total stays
 * @param condition of the row's write
 * @param values of the condition, except `:revision` and `:left_at`
 */
export const makeUnlistWrites = (
  store: Store,
  { viewer, roomId, revision, leftAt }: Remains,
  { activity }: RowStatus,
  condition: string,
  values: Record<string, unknown> = {},
): Write[] => {
  const set = [
    'changed = :changed',
    ...(typeof revision === 'number' ? ['revision = :revision'] : []),
    ...(leftAt === undefined ? [] : ['left_at = :left_at']),
  ]
  const remove = [...attributesWhileListed, ...(revision === null ? ['revision'] : [])]
  const placeholders = {
    ...values,
    ':changed': store.now(),
    ...(typeof revision === 'number' && { ':revision': revision }),
    ...(leftAt !== undefined && { ':left_at': leftAt }),
  }
  const listing = activity === undefined ? undefined : findListing(activity)
  const rowWrite: Write = {
    Update: {
      TableName: store.tableName,
      Key: rowKey(viewer, roomId),
      UpdateExpression: `SET ${set.join(', ')} REMOVE ${remove.join(', ')}`,
      ConditionExpression: condition,
      ExpressionAttributeValues: placeholders,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  }
  return listing === undefined ? [rowWrite] : [rowWrite, makeTotalWrite(store, viewer, listing, -1)]
}
