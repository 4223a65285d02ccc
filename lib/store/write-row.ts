import {
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { Email } from '../domain/email.ts'
import type { RoomType } from '../domain/facts.ts'
import type { Timestamp } from '../domain/time.ts'
import { ConditionFailed } from './errors.ts'
import { addToTotal } from './expressions.ts'
import { parseActivity, rowKey, totalActivity, totalKey } from './keys.ts'
import { retryContention } from './retry.ts'
import { listedAttributes, type ListedRow, type StoredRow } from './rows.ts'
import type { Store } from './table.ts'

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** A row for the list, of the revision that it carries. */
export interface NewRow {
  viewer: Email
  row: ListedRow
  /** When the viewer joined: a leave at or after it keeps the row out of the list. */
  joinedAt: Timestamp
}

/** What stays of a row once it is taken out of the list. */
export interface Tombstone {
  viewer: Email
  roomId: number
  /** Left out where the viewer has not left. */
  leftAt?: Timestamp
  /** Left out, the row keeps the revision that it has. */
  revision?: number
}

/**
 * Puts a row into the list, unless what is stored is as new, or was left at or after the joining.
 * A row that becomes listed raises its listing's total in the same transaction.
 * @returns whether it was written
 */
export const writeListedRow = (
  store: Store,
  newRow: NewRow,
  signal: AbortSignal,
): Promise<boolean> =>
  writeRow(store, (found) => listedRowWrites(store, newRow, found), assumedListed(newRow), signal)

/**
 * Takes a row out of the list, and lowers the total with it; a row that was not listed is marked all
 * the same.
 * @returns whether it was written
 */
export const writeTombstone = (
  store: Store,
  tombstone: Required<Tombstone>,
  signal: AbortSignal,
): Promise<boolean> =>
  writeRow(store, (found) => tombstoneWrites(store, tombstone, found), undefined, signal)

/**
 * Takes a row out of the list whose viewer is present beyond the limit of a personal room. Nothing
 * happens where it is not listed.
 * @returns whether it was written
 */
export const unlistRow = (
  store: Store,
  row: { viewer: Email; roomId: number; revision: number },
  signal: AbortSignal,
): Promise<boolean> =>
  retryContention(store, signal, async () => {
    try {
      await send(
        store,
        [
          unlistWrite(store.tableName, row, listedAndOlder),
          totalWrite(store.tableName, row.viewer, 'single', -1),
        ],
        signal,
      )
      return true
    } catch (error) {
      if (error instanceof ConditionFailed) return false
      throw error
    }
  })

/** The likely case, at the price of one write: the row is listed and of the revision before. */
export const assumedListed = ({ row }: NewRow): StoredRow => ({
  ...row,
  revision: row.revision - 1,
})

/**
 * The writes that put a row into the list, chosen by the row that was found there; its own comes
 * first, and there are none where it must not be written.
 */
export const listedRowWrites = (
  { tableName }: Store,
  { viewer, row, joinedAt }: NewRow,
  found: StoredRow | undefined,
): Write[] => {
  const put = (condition: string, values?: Record<string, string>): Write => ({
    Put: {
      TableName: tableName,
      Item: row,
      ConditionExpression: condition,
      ExpressionAttributeValues: { ':revision': row.revision, ...values },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  })
  if (isAsNew(found, row.revision)) return []
  if (found?.activity !== undefined) return [put(listedAndOlder)]
  if (found?.left_at !== undefined && found.left_at >= joinedAt) return []
  return [
    put(`${notListedAndOlder} AND (attribute_not_exists(left_at) OR left_at < :joined_at)`, {
      ':joined_at': joinedAt,
    }),
    totalWrite(tableName, viewer, parseActivity(row.activity).type, 1),
  ]
}

const tombstoneWrites = (
  { tableName }: Store,
  tombstone: Required<Tombstone>,
  found: StoredRow | undefined,
): Write[] => {
  const { viewer, leftAt, revision } = tombstone
  if (isAsNew(found, revision)) return []
  if (found?.activity !== undefined)
    return [
      unlistWrite(tableName, tombstone, listedAndOlder),
      totalWrite(tableName, viewer, parseActivity(found.activity).type, -1),
    ]
  if (found?.left_at !== undefined && found.left_at >= leftAt) return []
  return [
    unlistWrite(
      tableName,
      tombstone,
      `${notListedAndOlder} AND (attribute_not_exists(left_at) OR left_at < :left_at)`,
    ),
  ]
}

/**
 * The row loses its place in the list and all that it showed. What stays says that it was left, and
 * when.
 */
export const unlistWrite = (
  tableName: string,
  { viewer, roomId, leftAt, revision }: Tombstone,
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
      UpdateExpression: `SET ${set.join(', ')} REMOVE ${listedAttributes.join(', ')}`,
      ConditionExpression: condition,
      ExpressionAttributeValues: { ':left_at': leftAt, ':revision': revision },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  }
}

export const totalWrite = (
  tableName: string,
  viewer: Email,
  type: RoomType,
  change: 1 | -1,
): Write => ({
  Update: {
    TableName: tableName,
    ...addToTotal(totalKey(viewer, type), totalActivity(type), change),
  },
})

const listedAndOlder = 'attribute_exists(activity) AND revision < :revision'
const notListedAndOlder =
  'attribute_not_exists(activity) AND (attribute_not_exists(revision) OR revision < :revision)'

const isAsNew = (found: StoredRow | undefined, revision: number): boolean =>
  found?.revision !== undefined && found.revision >= revision

/** Writes what the row found calls for; a condition that fails says what is there instead. */
const writeRow = (
  store: Store,
  writesFor: (found: StoredRow | undefined) => Write[],
  guess: StoredRow | undefined,
  signal: AbortSignal,
): Promise<boolean> => {
  let found = guess
  return retryContention(store, signal, async () => {
    const writes = writesFor(found)
    if (writes.length === 0) return false
    try {
      await send(store, writes, signal)
      return true
    } catch (error) {
      if (error instanceof ConditionFailed) found = error.met.get(0) as StoredRow | undefined
      throw error
    }
  })
}

/** A write alone goes without a transaction, at half its price. */
const send = async ({ client }: Store, writes: Write[], abortSignal: AbortSignal) => {
  const [write] = writes
  if (writes.length > 1)
    await client.send(new TransactWriteCommand({ TransactItems: writes }), { abortSignal })
  else if (write?.Put) await client.send(new PutCommand(write.Put), { abortSignal })
  else if (write?.Update) await client.send(new UpdateCommand(write.Update), { abortSignal })
}
