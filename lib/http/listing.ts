import { InboxError, quote } from '../domain/errors.ts'
import type { InboxRow } from '../domain/project-row.ts'
import { type Listing, type ListingRequest, maxRoomsRead } from '../domain/listing.ts'
import type { RoomType } from '../domain/room-type.ts'
import { formatTime } from '../domain/time.ts'
import { type ApiResponse, makeJsonResponse } from './response.ts'
import type { ApiEvent } from './api-event.ts'
import { makeHandler } from './handler.ts'
import type { Identity } from './caller.ts'
import { parseUnread, parseWholeNumber } from './parameters.ts'

const defaultLimit = 20
const maxLimit = 100

/** The endpoint of one of the two listings. */
export const makeListingHandler = (
  type: RoomType,
  identity: Identity,
  listRooms: (request: ListingRequest) => Promise<Listing>,
) =>
  makeHandler(identity, async (event, caller) => {
    const request = { caller, type, ...readPage(event) }
    return makeListingResponse(request, await listRooms(request))
  })

const readPage = ({
  queryStringParameters = {},
}: ApiEvent): Omit<ListingRequest, 'caller' | 'type'> => {
  const { page, limit, cursor, unread } = queryStringParameters
  const rooms = {
    limit: limit === undefined ? defaultLimit : parseWholeNumber('limit', limit, maxLimit),
    page: page === undefined ? 1 : parseWholeNumber('page', page, maxRoomsRead),
    ...(unread !== undefined && { unread: parseUnread(unread) }),
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

/** The link is relative to the request's URL, since API Gateway does not pass the base path. */
const makeListingResponse = ({ limit, unread }: ListingRequest, listing: Listing): ApiResponse =>
  makeJsonResponse(
    200,
    {
      error: false,
      data: {
        results: {
          meta: { current_page: listing.page, total_room: listing.total },
          rooms_info: listing.rows.map(toRoomInfo),
        },
        status: 200,
      },
    },
    {
      'cache-control': 'private, no-cache',
      vary: 'Authorization, Accept-Encoding',
      ...(listing.unreadComments !== undefined && {
        'unread-comments': String(listing.unreadComments),
      }),
      ...(listing.next && {
        link: `<?${unread ? 'unread=true&' : ''}limit=${limit}&cursor=${listing.next}>; rel="next"`,
      }),
    },
  )

const toRoomInfo = (row: InboxRow): InboxRow => ({
  ...row,
  last_comment_timestamp: formatTime(row.last_comment_timestamp),
})
