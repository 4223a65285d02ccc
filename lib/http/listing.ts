import { InboxError, quote } from '../domain/errors.ts'
import type { ContractRow, InboxRow } from '../domain/project-row.ts'
import {
  type Listing,
  type ListingFilter,
  type ListingRequest,
  maxRoomsRead,
  type PageRequest,
} from '../domain/listing.ts'
import type { RoomType } from '../domain/room-type.ts'
import { formatTime } from '../domain/time.ts'
import { type ApiResponse, makeJsonResponse } from './response.ts'
import type { ApiEvent } from './api-event.ts'
import { makeHandler } from './handler.ts'
import type { Identity } from './caller.ts'
import { parseBoolean, parseWholeNumber } from './parameters.ts'

const defaultLimit = 20
const maxLimit = 100

/** The endpoint of one of the two listings of the contract. */
export const makeListingHandler = (
  type: RoomType,
  identity: Identity,
  listRooms: (request: ListingRequest) => Promise<Listing>,
) =>
  makeHandler(identity, async (event, caller) => {
    const { unread } = event.queryStringParameters ?? {}
    const filter: ListingFilter = readUnread(unread)
    const request = { caller, types: [type], filter, ...readPage(event) }
    const listing = await listRooms(request)
    return makeListingResponse(
      request,
      listing,
      { current_page: listing.page, total_room: listing.total },
      listing.rows.map(toContractRow),
    )
  })

/** Without the filter, a list has all rooms. */
export const readUnread = (unread: string | undefined): Pick<ListingFilter, 'unread'> =>
  unread !== undefined && parseBoolean('unread', unread) ? { unread: true } : {}

/** Reads which page is asked for. */
export const readPage = ({
  queryStringParameters = {},
}: ApiEvent): Omit<PageRequest, 'caller' | 'filter'> => {
  const { page, limit, cursor } = queryStringParameters
  const rooms = {
    limit: limit === undefined ? defaultLimit : parseWholeNumber('limit', limit, maxLimit),
    page: page === undefined ? 1 : parseWholeNumber('page', page, maxRoomsRead),
  }
  if (cursor === undefined) {
    if (rooms.page * rooms.limit <= maxRoomsRead) return rooms
    throw new InboxError(
      'invalid_page',
      `page ${rooms.page} of ${rooms.limit} rooms ends after the first ${maxRoomsRead} rooms, where page numbers stop: use the cursor in the Link header of the page before`,
    )
  }
  if (page === undefined) return { ...rooms, cursor }
  throw new InboxError(
    'invalid_cursor',
    `cursor ${quote(cursor)} came together with page ${quote(page)}: send one of them`,
  )
}

/**
 * Makes the response with a page of rooms. Its link is relative to the request's URL, since API Gateway does not pass
 * the base path.
 */
export const makeListingResponse = (
  { limit, filter }: Pick<PageRequest, 'limit' | 'filter'>,
  { unreadComments, next }: Listing,
  meta: object,
  rooms: object[],
): ApiResponse =>
  makeJsonResponse(
    200,
    { error: false, data: { results: { meta, rooms_info: rooms }, status: 200 } },
    {
      'cache-control': 'private, no-cache',
      vary: 'Authorization, Accept-Encoding',
      ...(unreadComments !== undefined && { 'unread-comments': String(unreadComments) }),
      ...(next && {
        link: `<?${Object.entries(filter)
          .map(([name, value]) => `${name}=${value}&`)
          .join('')}limit=${limit}&cursor=${next}>; rel="next"`,
      }),
    },
  )

const toContractRow = ({ additions, ...row }: InboxRow): ContractRow => ({
  ...row,
  last_comment_timestamp: formatTime(row.last_comment_timestamp),
})
