import { InboxError, quoted } from '../domain/errors.ts'
import type { RoomType } from '../domain/room-state.ts'
import type { InboxRow } from '../domain/inbox-row.ts'
import type { Listing, ListingRequest } from '../domain/listing.ts'
import { displayTime } from '../domain/time.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import type { ApiEvent } from './api-event.ts'
import { api } from './api.ts'
import type { Identity } from './caller.ts'
import { wholeNumber } from './parameters.ts'

const defaultLimit = 20
const maxLimit = 100
/** A page by number reads all rooms before it, so page numbers stop here. The cursor reaches every room. */
const maxRoomsByNumber = 2000

/** The endpoint of one of the two listings. */
export const listingApi = (
  type: RoomType,
  identity: Identity,
  listRooms: (request: ListingRequest) => Promise<Listing>,
) =>
  api(identity, async (event, caller) => {
    const request = { caller, type, ...pageOf(event) }
    return listingAnswer(request.limit, await listRooms(request))
  })

const pageOf = ({
  queryStringParameters = {},
}: ApiEvent): Pick<ListingRequest, 'page' | 'limit' | 'cursor'> => {
  const { page, limit, cursor } = queryStringParameters
  const rooms = {
    limit: limit === undefined ? defaultLimit : wholeNumber('limit', limit, maxLimit),
    page: page === undefined ? 1 : wholeNumber('page', page, Number.MAX_SAFE_INTEGER),
  }
  if (cursor === undefined) {
    if (rooms.page * rooms.limit <= maxRoomsByNumber) return rooms
    throw new InboxError(
      'invalid_page',
      `page ${rooms.page} of ${rooms.limit} rooms ends after the first ${maxRoomsByNumber} rooms, where page numbers stop: use the cursor in the Link header of the page before`,
    )
  }
  if (page === undefined) return { ...rooms, cursor }
  throw new InboxError(
    'invalid_cursor',
    `cursor ${quoted(cursor)} came together with page ${quoted(page)}: send one of them`,
  )
}

/** The link is relative to the request's URL, since API Gateway does not tell a base path. */
const listingAnswer = (limit: number, listing: Listing): Answer =>
  jsonAnswer(
    200,
    {
      error: false,
      data: {
        results: {
          meta: { current_page: listing.page, total_room: listing.total },
          rooms_info: listing.rows.map(roomInfo),
        },
        status: 200,
      },
    },
    {
      'cache-control': 'private, no-cache',
      vary: 'Authorization, Accept-Encoding',
      ...(listing.next && { link: `<?limit=${limit}&cursor=${listing.next}>; rel="next"` }),
    },
  )

const roomInfo = (row: InboxRow): InboxRow => ({
  ...row,
  last_comment_timestamp: displayTime(row.last_comment_timestamp),
})
