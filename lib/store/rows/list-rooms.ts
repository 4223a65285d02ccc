import { GetItemCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { Email } from '../../domain/email.ts'
import {
  type Listing,
  type ListingFilter,
  type ListingRequest,
  maxRoomsRead,
} from '../../domain/listing.ts'
import { type RoomType, roomTypes } from '../../domain/room-type.ts'
import { allOf, hasFlag, isRow, isUnread } from '../conditions.ts'
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts'
import {
  activityPrefix,
  formatActivity,
  formatPlace,
  type ListingPlace,
  totalKey,
  userPartition,
} from '../keys.ts'
import {
  type Attributes,
  attributesWhileListed,
  readActivity,
  readPlace,
  readUnreadCount,
  sortRows,
  toRow,
} from './stored-row.ts'
import { inboxIndex } from '../schema.ts'
import type { Store } from '../store.ts'
import { makeSyncToken } from './sync-token.ts'
import { isTotal, readTotal, readTotalIds, totalAttributes, totalNames } from './total.ts'

/** What was read of a listing: the items of the page, and whether rows follow them. */
interface Page {
  number: number
  total: number
  /** Of a page by number of the list without a filter: the totals of its listings. */
  totals?: Attributes[]
  unreadComments?: number
  items: Attributes[]
  hasNext: boolean
}

/**
 * Reads one page of a user's rooms, newest first: of one type or of both in one order, all of them or those that a
 * filter selects. The reads are consistent and begin after the request: every leave and event that was finished
 * before is seen. The listings of both types are read at the same time, each as far as the page may need it.
 * The first page of all of a user's rooms has a token, for `listChanges` in list-changes.ts.
 * @throws InboxError `invalid_cursor`, `unavailable`
 */
export const listRooms = async (store: Store, request: ListingRequest): Promise<Listing> => {
  const list = nameList(request)
  const cursor = request.cursor === undefined ? undefined : decodeCursor(list, request.cursor)
  const startedAt = store.now()
  const { number, total, totals, unreadComments, items, hasNext } = await readPage(
    store,
    request,
    cursor,
  )
  const last = items.at(-1)
  const isStart = request.types.length > 1 && number === 1 && totals !== undefined
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
    ...(isStart && {
      syncToken: makeSyncToken(store, request.caller, {
        startedAt,
        totalIds: readTotalIds(totals),
        hasRows: items.length > 0,
      }),
    }),
  }
}

/** Counts the list of unread rooms. It parses no row, so one that cannot be read counts too. */
export const countUnreadRows = async (
  store: Store,
  caller: Email,
): Promise<{ rooms: number; comments: number }> => {
  const request = { caller, types: roomTypes, filter: { unread: true as const }, page: 1, limit: 1 }
  const { total, unreadComments = 0 } = await readFilteredPage(store, request, undefined)
  return { rooms: total, comments: unreadComments }
}

/** The lists of a caller have different names, because a cursor belongs to one of them. */
const nameList = ({ types, filter: { unread, archived, pinned } }: ListingRequest): string =>
  [
    ...(unread ? ['unread'] : []),
    ...(archived === undefined ? [] : [`archived=${archived}`]),
    ...(pinned === undefined ? [] : [`pinned=${pinned}`]),
    types.length === 1 ? types[0] : 'all',
  ].join(' ')

const readPage = (
  store: Store,
  request: ListingRequest,
  cursor: Cursor | undefined,
): Promise<Page> => {
  if (Object.keys(request.filter).length > 0) return readFilteredPage(store, request, cursor)
  return cursor === undefined
    ? readPageByNumber(store, request)
    : readPageAfterCursor(store, request, cursor)
}

/** Of each listing, its total comes first, then the rows. The pages before this one are read too. */
const readPageByNumber = async (store: Store, request: ListingRequest): Promise<Page> => {
  const { types, limit, page } = request
  const end = page * limit
  const listings = await Promise.all(
    types.map((type) => queryListing(store, request, type, { count: 1 + end })),
  )
  const totals = listings.flat().filter(isTotal)
  const total = sum(totals.map(readTotal))
  const rows = merge(listings.map((items) => items.filter((item) => !isTotal(item))))
  return { number: page, total, totals, items: rows.slice(end - limit, end), hasNext: end < total }
}

/** Reads one row more than the page holds, to know whether there is another page. */
const readPageAfterCursor = async (
  store: Store,
  request: ListingRequest,
  { page, after }: Cursor,
): Promise<Page> => {
  const { caller, types, limit } = request
  const [listings, totals] = await Promise.all([
    Promise.all(
      types.map((type) => queryListing(store, request, type, { count: limit + 1, after })),
    ),
    Promise.all(types.map((type) => getTotal(store, caller, type))),
  ])
  const rows = merge(listings)
  return {
    number: page,
    total: sum(totals),
    items: rows.slice(0, limit),
    hasNext: rows.length > limit,
  }
}

/**
 * Every page shows how many rooms the filter selects, so every page reads the listing from the start, even behind a
 * cursor. A filter saves the transfer of the other rows, not their read units.
 * docs/decisions/0010-unread-lists-are-filtered.md explains why there is no index.
 */
const readFilteredPage = async (
  store: Store,
  request: ListingRequest,
  cursor: Cursor | undefined,
): Promise<Page> => {
  const { types, filter, limit } = request
  const listings = await Promise.all(
    types.map((type) => queryListing(store, request, type, { count: 1 + maxRoomsRead })),
  )
  const rows = merge(listings)
  const number = cursor?.page ?? request.page
  const start = cursor ? countUntil(rows, cursor.after) : (number - 1) * limit
  return {
    number,
    total: rows.length,
    ...(filter.unread && { unreadComments: sum(rows.map(readUnreadCount)) }),
    items: rows.slice(start, start + limit),
    hasNext: start + limit < rows.length,
  }
}

/** Counts the rows before a place in the listing. The row that had this place may have moved since. */
const countUntil = (rows: Attributes[], after: ListingPlace): number => {
  const place = formatPlace(after)
  const next = rows.findIndex((row) => readPlace(row) < place)
  return next === -1 ? rows.length : next
}

/** Each listing is in its order already. */
const merge = (listings: Attributes[][]): Attributes[] =>
  listings.length === 1 ? listings[0]! : sortRows(listings.flat())

const projection = [...attributesWhileListed, ...totalAttributes].join(', ')

/**
 * Queries the index. A Query reads at most 1 MB, so it goes on where the last one stopped.
 * @param range `count`: how many items are read at most, of which a filter drops some, and always the total.
 * `after`: the place behind which the items begin
 */
const queryListing = async (
  store: Store,
  { caller, filter }: ListingRequest,
  type: RoomType,
  { count, after }: { count: number; after?: ListingPlace },
): Promise<Attributes[]> => {
  const conditions = listConditions(filter)
  const items: Attributes[] = []
  let read = 0
  let from: Attributes | undefined
  do {
    const response: QueryCommandOutput = await store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        IndexName: inboxIndex,
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: after
          ? 'pk = :pk AND activity BETWEEN :listing AND :next'
          : 'pk = :pk AND begins_with(activity, :listing)',
        ExpressionAttributeValues: marshall({
          ':pk': userPartition(caller).pk,
          ':listing': activityPrefix(type),
          // Newest first, the next place has the next lower id of a room.
          ...(after && { ':next': formatActivity(type, { ...after, roomId: after.roomId - 1 }) }),
          ...(filter.unread && { ':zero': 0 }),
        }),
        ...(conditions.length > 0 && { FilterExpression: allOf(isRow, ...conditions) }),
        ProjectionExpression: projection,
        ExpressionAttributeNames: totalNames,
        Limit: count - read,
        ...(from && { ExclusiveStartKey: from }),
      }),
    )
    items.push(...(response.Items ?? []))
    // Not ScannedCount for both: the embedded engine counts one item too many there when it stops at 1 MB.
    read += (conditions.length > 0 ? response.ScannedCount : response.Count) ?? 0
    from = response.LastEvaluatedKey
  } while (from !== undefined && read < count)
  return items
}

const listConditions = ({ unread, archived, pinned }: ListingFilter): string[] => [
  ...(unread ? [isUnread] : []),
  ...(archived === undefined ? [] : [hasFlag('archived', archived)]),
  ...(pinned === undefined ? [] : [hasFlag('pinned', pinned)]),
]

const getTotal = async (store: Store, caller: string, type: RoomType): Promise<number> => {
  const { Item } = await store.client.send(
    new GetItemCommand({
      TableName: store.tableName,
      Key: marshall(totalKey(caller, type)),
      ConsistentRead: true,
    }),
  )
  return readTotal(Item)
}

const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0)
