import { GetCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb'
import type { Listing, ListingRequest } from '../domain/inbox-row.ts'
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts'
import type { Item } from './errors.ts'
import {
  activity,
  activityPrefix,
  type Key,
  parseActivity,
  rowKey,
  totalKey,
  userPartition,
} from './keys.ts'
import { type ListedRow, toRow } from './rows.ts'
import { inboxIndex, type Store } from './table.ts'

/**
 * One page of a user's personal or group rooms, newest first, read consistently: what was left
 * or applied before is seen.
 * @throws InboxError `invalid_cursor`, `unavailable`
 */
export const listRooms = (
  store: Store,
  request: ListingRequest,
  signal: AbortSignal,
): Promise<Listing> =>
  request.cursor === undefined
    ? pageByNumber(store, request, signal)
    : pageBehind(store, request, decodeCursor(request.type, request.cursor), signal)

/** The listing's first item is its total, the others are rows: pages before this one are read and skipped. */
const pageByNumber = async (store: Store, request: ListingRequest, signal: AbortSignal) => {
  const { limit, page } = request
  const end = page * limit
  const [totalItem, ...rows] = await queryInbox(store, request, 1 + end, undefined, signal)
  const total = (totalItem?.['total'] as number | undefined) ?? 0
  return listing(request, page, total, rows.slice(end - limit), end < total)
}

/** The row behind the page tells whether there is another one. */
const pageBehind = async (
  store: Store,
  request: ListingRequest,
  { page, after }: Cursor,
  signal: AbortSignal,
) => {
  const { caller, type, limit } = request
  const startKey = { ...rowKey(caller, after.roomId), activity: activity(type, after) }
  const [rows, total] = await Promise.all([
    queryInbox(store, request, limit + 1, startKey, signal),
    readTotal(store, request, signal),
  ])
  return listing(request, page, total, rows.slice(0, limit), rows.length > limit)
}

const listing = (
  { type }: ListingRequest,
  page: number,
  total: number,
  items: Item[],
  hasNext: boolean,
): Listing => {
  const rows = items as ListedRow[]
  const last = rows.at(-1)
  return {
    page,
    total,
    rows: rows.map(toRow),
    ...(hasNext &&
      last && {
        next: encodeCursor(type, { page: page + 1, after: parseActivity(last.activity) }),
      }),
  }
}

/** Reads on where a Query stopped at its 1 MB. */
const queryInbox = async (
  store: Store,
  { caller, type }: ListingRequest,
  count: number,
  startKey: (Key & { activity: string }) | undefined,
  signal: AbortSignal,
): Promise<Item[]> => {
  const items: Item[] = []
  let from: Item | undefined = startKey
  do {
    const answer: QueryCommandOutput = await store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        IndexName: inboxIndex,
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: 'pk = :pk AND begins_with(activity, :listing)',
        ExpressionAttributeValues: {
          ':pk': userPartition(caller).pk,
          ':listing': activityPrefix(type),
        },
        Limit: count - items.length,
        ...(from && { ExclusiveStartKey: from }),
      }),
      { abortSignal: signal },
    )
    items.push(...(answer.Items ?? []))
    from = answer.LastEvaluatedKey
  } while (from !== undefined && items.length < count)
  return items
}

const readTotal = async (
  store: Store,
  { caller, type }: ListingRequest,
  signal: AbortSignal,
): Promise<number> => {
  const { Item } = await store.client.send(
    new GetCommand({
      TableName: store.tableName,
      Key: totalKey(caller, type),
      ConsistentRead: true,
    }),
    { abortSignal: signal },
  )
  return (Item?.['total'] as number | undefined) ?? 0
}
