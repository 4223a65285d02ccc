import { type ErrorCode, InboxError, quote } from '../domain/errors.ts'
import type { Listing, ListingFilter, PageRequest } from '../domain/listing.ts'
import type { ContractRow, InboxRow, RowAdditions } from '../domain/project-row.ts'
import { formatTime } from '../domain/time.ts'
import type { ApiEvent } from './api-event.ts'
import type { Identity } from './caller.ts'
import { makeHandler } from './handler.ts'
import { makeListingResponse, readPage, readUnread } from './listing.ts'
import { parseBoolean, parseRoomIds } from './parameters.ts'
import type { ApiResponse } from './response.ts'
import { makeETag } from './revalidate.ts'

/** The three ways to ask for rooms of the list of all rooms. */
interface AllRooms {
  listRooms: (request: PageRequest) => Promise<Listing>
  listChanges: (request: { caller: string; since: string }) => Promise<Listing>
  listRoomsById: (
    request: { caller: string; roomIds: number[] },
    signal: AbortSignal,
  ) => Promise<Listing>
}

/** The endpoint of the list of all rooms. */
export const makeAllRoomsHandler = (
  identity: Identity,
  { listRooms, listChanges, listRoomsById }: AllRooms,
) =>
  makeHandler(identity, async (event, caller, signal) => {
    const { since, room_id } = event.queryStringParameters ?? {}
    if (since !== undefined) {
      refuseOthers(event, 'since', 'invalid_since')
      return makeAllRoomsResponse(await listChanges({ caller, since }))
    }
    if (room_id !== undefined) {
      refuseOthers(event, 'room_id', 'invalid_room_id')
      return makeAllRoomsResponse(
        await listRoomsById({ caller, roomIds: parseRoomIds(room_id) }, signal),
      )
    }
    const request = { caller, filter: readFilter(event), ...readPage(event) }
    return makeAllRoomsResponse(await listRooms(request), request)
  })

const parameters = ['page', 'limit', 'cursor', 'unread', 'archived', 'pinned', 'since', 'room_id']

const refuseOthers = (
  { queryStringParameters = {} }: ApiEvent,
  name: string,
  code: ErrorCode,
): void => {
  const other = parameters.find(
    (each) => each !== name && queryStringParameters[each] !== undefined,
  )
  if (other !== undefined)
    throw new InboxError(
      code,
      `${name} came together with ${other} ${quote(queryStringParameters[other]!)}: send ${name} alone`,
    )
}

const readFilter = ({ queryStringParameters = {} }: ApiEvent): ListingFilter => {
  const { unread, archived, pinned } = queryStringParameters
  return {
    ...readUnread(unread),
    ...(archived !== undefined && { archived: parseBoolean('archived', archived) }),
    ...(pinned !== undefined && { pinned: parseBoolean('pinned', pinned) }),
  }
}

/** The ETag leaves out the token, which is another one each time: the older token of a 304's copy is as good. */
const makeAllRoomsResponse = (
  listing: Listing,
  page: Pick<PageRequest, 'limit' | 'filter'> = { limit: 0, filter: {} },
): ApiResponse => {
  const { next, syncToken, unreadComments, removed } = listing
  const meta = {
    current_page: listing.page,
    total_room: listing.total,
    next_cursor: next,
    sync_token: syncToken,
    unread_comments: unreadComments,
    removed_rooms: removed,
  }
  const response = makeListingResponse(page, listing, meta, listing.rows.map(toRoom))
  if (syncToken === undefined) return response
  const etag = makeETag({ ...response, body: response.body!.replace(syncToken, '') })
  return { ...response, headers: { ...response.headers, etag } }
}

const toRoom = ({ additions, ...row }: InboxRow): ContractRow & RowAdditions => ({
  ...row,
  last_comment_timestamp: formatTime(row.last_comment_timestamp),
  ...additions,
})
