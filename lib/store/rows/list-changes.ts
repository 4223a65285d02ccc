import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { Email } from '../../domain/email.ts'
import type { Listing } from '../../domain/listing.ts'
import { hasTotal, isChangedSince } from '../conditions.ts'
import { parseRowRoomId, rowPrefix, userPartition } from '../keys.ts'
import type { Store } from '../store.ts'
import { type Attributes, attributesWhileListed, sortRows, toRow } from './stored-row.ts'
import { makeSyncExpired, makeSyncToken, readSyncToken, refuseErased } from './sync-token.ts'
import { isTotal, readTotal, readTotalIds, totalAttributes, totalNames } from './total.ts'

/** Of 1 MB each, which is 256 read units: some 4,000 personal rooms or 7,000 groups. */
const maxQueries = 2

/** A question for what has changed since an earlier read. */
export interface ChangesRequest {
  caller: Email
  /** The token of that read. */
  since: string
}

/**
 * Reads what has changed in the list of all of a user's rooms since a token was made: the rooms whose rows were
 * written, in the order of the list, and the ids of those that are not listed any more. A row that was written before
 * the token, within its overlap, may be returned again.
 *
 * Rooms from the pages, plus what `since` returns, are the whole list as it was when the last `since` was read,
 * whatever happened meanwhile. docs/decisions/0011-one-list-and-what-changed.md explains why it is a filter.
 * @throws InboxError `invalid_since`, `sync_expired`, `unavailable`
 */
export const listChanges = async (
  store: Store,
  { caller, since }: ChangesRequest,
): Promise<Listing> => {
  const point = readSyncToken(store, caller, since)
  const startedAt = store.now()
  const items = await queryChanges(store, caller, point.moment)
  const totals = items.filter(isTotal)
  const totalIds = readTotalIds(totals)
  refuseErased(point, totalIds)
  const rows = items.filter((item) => !isTotal(item))
  const isListed = (item: Attributes): boolean => item['activity'] !== undefined
  const listed = rows.filter(isListed)
  return {
    page: 1,
    total: totals.reduce((sum, item) => sum + readTotal(item), 0),
    rows: sortRows(listed).map(toRow),
    syncToken: makeSyncToken(store, caller, { startedAt, totalIds, hasRows: listed.length > 0 }),
    removed: rows.filter((item) => !isListed(item)).map(readRoomId),
  }
}

const projection = ['sk', ...attributesWhileListed, ...totalAttributes].join(', ')

/**
 * Queries the caller's totals, and then the rows, those of rooms that were left as well: the descending order of their
 * keys.
 */
const queryChanges = async (store: Store, caller: Email, moment: number): Promise<Attributes[]> => {
  const items: Attributes[] = []
  let from: Attributes | undefined
  for (let queries = 0; queries === 0 || from !== undefined; queries += 1) {
    if (queries === maxQueries) throw makeSyncExpired()
    const response: QueryCommandOutput = await store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: 'pk = :pk AND sk >= :rows',
        FilterExpression: `${isChangedSince} OR ${hasTotal}`,
        ExpressionAttributeValues: marshall({
          ':pk': userPartition(caller).pk,
          ':rows': rowPrefix,
          ':moment': moment,
        }),
        ProjectionExpression: projection,
        ExpressionAttributeNames: totalNames,
        ...(from && { ExclusiveStartKey: from }),
      }),
    )
    items.push(...(response.Items ?? []))
    from = response.LastEvaluatedKey
  }
  return items
}

const readRoomId = (item: Attributes): number => parseRowRoomId({ sk: item['sk']!.S! })
