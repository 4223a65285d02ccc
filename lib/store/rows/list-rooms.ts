import { GetItemCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { type Listing, type ListingRequest, maxRoomsRead } from '../../domain/listing.ts'
import { isUnread } from '../conditions.ts'
import { type Cursor, decodeCursor, encodeCursor, type ListName } from './cursor.ts'
import { formatActivity, activityPrefix, rowKey, totalKey, userPartition } from '../keys.ts'
import {
  type Attributes,
  listedAttributes,
  readActivity,
  readUnreadCount,
  toRow,
} from './stored-row.ts'
import { inboxIndex } from '../schema.ts'
import type { Store } from '../store.ts'

/** What was read of a listing: the items of the page, and whether rows follow them. */
interface Page {
  number: number
  total: number
  unreadComments?: number
  items: Attributes[]
  hasNext: boolean
}

/**
 * Reads one page of a user's personal or group rooms, newest first: of all of them, or of those with unread
 * comments that are not muted. The read is consistent: every leave and event that was finished before is
 * seen.
 * @throws InboxError `invalid_cursor`, `unavailable`
 */
export const listRooms = async (store: Store, request: ListingRequest): Promise<Listing> => {
  const { type, unread } = request
  const list: ListName = unread ? `unread ${type}` : type
  const cursor = request.cursor === undefined ? undefined : decodeCursor(list, request.cursor)
  const { number, total, unreadComments, items, hasNext } = await readPage(store, request, cursor)
  const last = items.at(-1)
  return {
    page: number,
    total,
    ...(unreadComments !== undefined && { unreadComments }),
    rows: items.map(toRow),
    ...(hasNext &&
      last && {
        next: encodeCursor(list, {
          page: number + 1,
          after: readActivity(last),
        }),
      }),
  }
}

const readPage = (
  store: Store,
  request: ListingRequest,
  cursor: Cursor | undefined,
): Promise<Page> => {
  if (request.unread) return readUnreadPage(store, request, cursor)
  return cursor === undefined
    ? readPageByNumber(store, request)
    : readPageAfterCursor(store, request, cursor)
}

/** The first item of the index is the listing's total, the others are rows. The pages before this one are read too. */
const readPageByNumber = async (store: Store, request: ListingRequest): Promise<Page> => {
  const { limit, page } = request
  const end = page * limit
  const [totalItem, ...rows] = await queryInbox(store, request, 1 + end, undefined)
  const total = parseTotal(totalItem)
  return { number: page, total, items: rows.slice(end - limit), hasNext: end < total }
}

/** Reads one row more than the page holds, to know whether there is another page. */
const readPageAfterCursor = async (
  store: Store,
  request: ListingRequest,
  { page, after }: Cursor,
): Promise<Page> => {
  const { caller, type, limit } = request
  const startKey = marshall({
    ...rowKey(caller, after.roomId),
    activity: formatActivity(type, after),
  })
  const [rows, total] = await Promise.all([
    queryInbox(store, request, limit + 1, startKey),
    readTotal(store, request),
  ])
  return { number: page, total, items: rows.slice(0, limit), hasNext: rows.length > limit }
}

/**
 * Every page shows how many unread rooms and comments there are, so every page reads the listing from the
 * start, even behind a cursor. A filter saves the transfer of the other rows, not their read units.
 * docs/decisions/0010-unread-lists-are-filtered.md explains why there is no index.
 */
const readUnreadPage = async (
  store: Store,
  request: ListingRequest,
  cursor: Cursor | undefined,
): Promise<Page> => {
  const { type, limit } = request
  // The first item that is read is the listing's total. The filter drops it.
  const rows = await queryInbox(store, request, 1 + maxRoomsRead, undefined)
  const number = cursor?.page ?? request.page
  const start = cursor ? countUntil(rows, formatActivity(type, cursor.after)) : (number - 1) * limit
  return {
    number,
    total: rows.length,
    unreadComments: rows.reduce((sum, row) => sum + readUnreadCount(row), 0),
    items: rows.slice(start, start + limit),
    hasNext: start + limit < rows.length,
  }
}

/** Counts the rows before a place in the listing. The row that had this place may have moved since. */
const countUntil = (rows: Attributes[], activity: string): number => {
  const next = rows.findIndex((row) => row['activity']!.S! < activity)
  return next === -1 ? rows.length : next
}

/** `total` is one of DynamoDB's reserved words. */
const projection = [...listedAttributes, '#total'].join(', ')

/**
 * Queries the index. A Query reads at most 1 MB, so it goes on where the last one stopped.
 * @param count how many items are read at most. A list of unread rooms gets fewer of them.
 */
const queryInbox = async (
  store: Store,
  { caller, type, unread }: ListingRequest,
  count: number,
  startKey: Attributes | undefined,
): Promise<Attributes[]> => {
  const items: Attributes[] = []
  let read = 0
  let from = startKey
  do {
    const response: QueryCommandOutput = await store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        IndexName: inboxIndex,
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: 'pk = :pk AND begins_with(activity, :listing)',
        ExpressionAttributeValues: marshall({
          ':pk': userPartition(caller).pk,
          ':listing': activityPrefix(type),
          ...(unread && { ':zero': 0 }),
        }),
        ...(unread && { FilterExpression: isUnread }),
        ProjectionExpression: projection,
        ExpressionAttributeNames: { '#total': 'total' },
        Limit: count - read,
        ...(from && { ExclusiveStartKey: from }),
      }),
    )
    items.push(...(response.Items ?? []))
    // Not ScannedCount for both: the embedded engine counts one item too many there when it stops at 1 MB.
    read += (unread ? response.ScannedCount : response.Count) ?? 0
    from = response.LastEvaluatedKey
  } while (from !== undefined && read < count)
  return items
}

const readTotal = async (store: Store, { caller, type }: ListingRequest): Promise<number> => {
  const { Item } = await store.client.send(
    new GetItemCommand({
      TableName: store.tableName,
      Key: marshall(totalKey(caller, type)),
      ConsistentRead: true,
    }),
  )
  return parseTotal(Item)
}

const parseTotal = (item: Attributes | undefined): number => Number(item?.['total']?.N ?? 0)
