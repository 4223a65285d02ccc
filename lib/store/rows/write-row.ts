import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Email } from '../../domain/email.ts'
import type { RoomType } from '../../domain/room-state.ts'
import type { Timestamp } from '../../domain/time.ts'
import {
  allOf,
  isListed,
  isNotLeftSince,
  isNotLeftSinceJoining,
  isNotListed,
  isOlder,
  isOlderOrHasNoRevision,
} from '../conditions.ts'
import { ConditionFailed } from '../errors.ts'
import { parseActivity, rowKey, totalActivity, totalKey } from '../keys.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../table.ts'
import { transact, type Write } from '../transact.ts'
import {
  attributesWhileListed,
  type ListedRow,
  parseRowStatus,
  type RowStatus,
} from './stored-row.ts'

/** A row for the list. It carries the revision of the room that it was derived from. */
export interface NewRow {
  viewer: Email
  row: ListedRow
  /** When the viewer joined. A leave at this time or later keeps the row out of the list. */
  joinedAt: Timestamp
}

/** A row to take out of the list. */
interface UnlistedRow {
  viewer: Email
  roomId: number
  /** The room's revision. If it is left out, the row keeps its own. */
  revision?: number
  /** Left out if the viewer has not left. */
  leftAt?: Timestamp
}

/** What remains of a row after its viewer has left. */
type Tombstone = Required<UnlistedRow>

/**
 * Puts a row into the list: the fourth step of docs/decisions/0008-facts-and-rows.md. Nothing is written
 * if the stored row is as new, or if the viewer left at or after the joining. A row that becomes listed
 * raises its listing's total in the same transaction.
 * @param assumed the stored row, as far as the caller knows
 * @returns whether it was written
 */
export const writeListedRow = (
  store: Store,
  newRow: NewRow,
  assumed = assumeListed(newRow),
): Promise<boolean> =>
  writeRow(store, (found) => makeListedRowWrites(store, newRow, found), assumed)

/**
 * Takes a row out of the list and lowers its listing's total in the same transaction. A row that is not
 * listed is marked as left, too.
 * @returns whether it was written
 */
export const writeTombstone = (store: Store, tombstone: Tombstone): Promise<boolean> =>
  writeRow(store, (found) => makeTombstoneWrites(store, tombstone, found), {})

/**
 * Takes a row out of the list whose viewer is present but not one of the two members of a personal room.
 * Nothing happens if the row is not listed.
 * @returns whether it was written
 */
export const unlistRow = (
  store: Store,
  row: { viewer: Email; roomId: number; revision: number },
): Promise<boolean> =>
  retryContention(store, async () => {
    try {
      await sendWrites(store, [
        makeUnlistWrite(store, row, allOf(isListed, isOlder)),
        makeTotalWrite(store, row.viewer, 'single', -1),
      ])
      return true
    } catch (error) {
      if (error instanceof ConditionFailed) return false
      throw error
    }
  })

/** Assumes the most likely state of the stored row: listed, with the revision before. Then one write is enough. */
export const assumeListed = ({ row }: NewRow): RowStatus => ({
  activity: row.activity,
  revision: row.revision - 1,
})

/**
 * Makes the writes that put a row into the list, given the stored row. The row's own write comes first.
 * There are none if the row must not be written.
 */
export const makeListedRowWrites = (
  store: Store,
  { viewer, row, joinedAt }: NewRow,
  found: RowStatus,
): Write[] => {
  if (isAsNew(found, row.revision) || isLeftSince(found, joinedAt)) return []
  if (found.activity !== undefined) return [makePut(store, row, allOf(isListed, isOlder))]
  const condition = allOf(isNotListed, isOlderOrHasNoRevision, isNotLeftSinceJoining)
  return [
    makePut(store, row, condition, { ':joined_at': joinedAt }),
    makeTotalWrite(store, viewer, parseActivity(row.activity).type, 1),
  ]
}

const makeTombstoneWrites = (store: Store, tombstone: Tombstone, found: RowStatus): Write[] => {
  const { viewer, leftAt, revision } = tombstone
  if (isAsNew(found, revision) || isLeftSince(found, leftAt)) return []
  if (found.activity !== undefined)
    return [
      makeUnlistWrite(store, tombstone, allOf(isListed, isOlder)),
      makeTotalWrite(store, viewer, parseActivity(found.activity).type, -1),
    ]
  const condition = allOf(isNotListed, isOlderOrHasNoRevision, isNotLeftSince)
  return [makeUnlistWrite(store, tombstone, condition)]
}

const makePut = (
  { tableName }: Store,
  row: ListedRow,
  condition: string,
  values?: Record<string, string>,
): Write => ({
  Put: {
    TableName: tableName,
    Item: row,
    ConditionExpression: condition,
    ExpressionAttributeValues: { ':revision': row.revision, ...values },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
})

/**
 * Makes the write that takes a row out of the list and removes everything that it showed. What remains
 * is when the viewer left.
 */
export const makeUnlistWrite = (
  { tableName }: Store,
  { viewer, roomId, leftAt, revision }: UnlistedRow,
  condition: string,
): Write => {
  const set = [
    ...(leftAt === undefined ? [] : ['left_at = :left_at']),
    ...(revision === undefined ? [] : ['revision = :revision']),
  ]
  return {
    Update: {
      TableName: tableName,
      Key: rowKey(viewer, roomId),
      UpdateExpression: `SET ${set.join(', ')} REMOVE ${attributesWhileListed.join(', ')}`,
      ConditionExpression: condition,
      ExpressionAttributeValues: { ':left_at': leftAt, ':revision': revision },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  }
}

/**
 * Makes the write that changes a listing's total. It creates the total if necessary. `changes` grows with
 * every change, so that a joining and a leave that leave the total the same are noticed by who counts.
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
    // `total` is a reserved word of DynamoDB.
    ExpressionAttributeNames: { '#total': 'total' },
    ExpressionAttributeValues: { ':activity': totalActivity(type), ':change': change, ':one': 1 },
  },
})

const isAsNew = (found: RowStatus, revision: number): boolean =>
  found.revision !== undefined && found.revision >= revision

/** Whether the viewer left at this time or later. */
const isLeftSince = ({ activity, left_at }: RowStatus, moment: Timestamp): boolean =>
  activity === undefined && left_at !== undefined && left_at >= moment

/** Sends the writes for the assumed row. If a condition fails, it decides again with the row that is stored. */
const writeRow = (
  store: Store,
  makeWrites: (found: RowStatus) => Write[],
  assumed: RowStatus,
): Promise<boolean> => {
  let found = assumed
  return retryContention(store, async () => {
    const writes = makeWrites(found)
    if (writes.length === 0) return false
    try {
      await sendWrites(store, writes)
      return true
    } catch (error) {
      if (error instanceof ConditionFailed) found = parseRowStatus(error.found.get(0))
      throw error
    }
  })
}

/** Sends a single write without a transaction, at half the price. */
export const sendWrites = async (store: Store, writes: Write[]): Promise<void> => {
  const { client, signal: abortSignal } = store
  const [write] = writes
  if (writes.length > 1) await transact(store, writes)
  else if (write?.Put) await client.send(new PutCommand(write.Put), { abortSignal })
  else if (write?.Update) await client.send(new UpdateCommand(write.Update), { abortSignal })
}
