import type { InboxRow } from './inbox-row.ts'
import type { RoomType } from './room-state.ts'

/** One page of a listing. */
export interface Listing {
  /** The number that `current_page` shows. */
  page: number
  /** The number of rooms in the whole listing. */
  total: number
  rows: InboxRow[]
  /** Where the next page begins; absent on the last page. */
  next?: string
}

/** Which page of whose listing is asked for: by number, or after a cursor. */
export interface ListingRequest {
  caller: string
  type: RoomType
  limit: number
  page: number
  cursor?: string
}
