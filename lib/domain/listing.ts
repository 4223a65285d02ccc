import type { InboxRow } from './project-row.ts'
import type { RoomType } from './room-type.ts'

/**
 * A page by number reads all rooms before it, and a list of unread rooms reads the whole listing. Both stop
 * after this many of the newest rooms. Only the cursors of the ordinary list reach every room.
 */
export const maxRoomsRead = 2000

/** One page of a listing. */
export interface Listing {
  /** The number that `current_page` shows. */
  page: number
  /** The number of rooms in the whole listing. */
  total: number
  /** The sum of the unread counts of the whole listing, if it is a list of unread rooms. */
  unreadComments?: number
  rows: InboxRow[]
  /** Where the next page begins; absent on the last page. */
  next?: string
}

/** Which page of whose listing is asked for: by number, or after a cursor. */
export interface ListingRequest {
  caller: string
  type: RoomType
  /** Whether to list only the rooms with unread comments that are not muted. */
  unread?: boolean
  limit: number
  page: number
  cursor?: string
}
