import { GetItemCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { Listing, ListingRequest } from '../../domain/listing.ts'
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts'
import { formatActivity, activityPrefix, rowKey, totalKey, userPartition } from '../keys.ts'
import { type Attributes, listedAttributes, readActivity, toRow } from './stored-row.ts'
import { inboxIndex, type Store } from '../table.ts'

/** What was read of a listing: the items of the page, and whether rows follow them. */
interface Page {
  number: number
  total: number
  items: Attributes[]
  hasNext: boolean
}

/**
 * Reads one page of a user's personal or group rooms, newest first. The read is consistent: every leave
 * and event that was finished before is seen.
 * @throws InboxError `invalid_cursor`, `unavailable`
 */
export const listRooms = async (store: Store, request: ListingRequest): Promise<Listing> => {
  const { number, total, items, hasNext } =
    request.cursor === undefined
      ? await readPageByNumber(store, request)
      : await readPageAfterCursor(store, request, decodeCursor(request.type, request.cursor))
  const last = items.at(-1)
  return {
    page: number,
    total,
    rows: items.map(toRow),
    ...(hasNext &&
      last && {
        next: encodeCursor(request.type, {
          page: number + 1,
          after: readActivity(last),
        }),
      }),
  }
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

/** `total` is one of DynamoDB's reserved words. */
const projection = [...listedAttributes, '#total'].join(', ')

/** Queries the index. A Query returns at most 1 MB, so it goes on where the last one stopped. */
const queryInbox = async (
  store: Store,
  { caller, type }: ListingRequest,
  count: number,
  startKey: Attributes | undefined,
): Promise<Attributes[]> => {
  const items: Attributes[] = []
  let from = startKey
  do {
    const answer: QueryCommandOutput = await store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        IndexName: inboxIndex,
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: 'pk = :pk AND begins_with(activity, :listing)',
        ExpressionAttributeValues: marshall({
          ':pk': userPartition(caller).pk,
          ':listing': activityPrefix(type),
        }),
        ProjectionExpression: projection,
        ExpressionAttributeNames: { '#total': 'total' },
        Limit: count - items.length,
        ...(from && { ExclusiveStartKey: from }),
      }),
    )
    items.push(...(answer.Items ?? []))
    from = answer.LastEvaluatedKey
  } while (from !== undefined && items.length < count)
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
