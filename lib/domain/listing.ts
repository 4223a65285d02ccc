import type { InboxRow } from './project-row.ts'
import type { RoomType } from './room-type.ts'

/**
 * A page by number reads all rooms before it, and a list with a filter reads everything. Both stop after this many of
 * the newest rooms of each type. Only the cursors of a list without a filter reach every room.
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
  /** For `since`: finds what changes from now on. */
  syncToken?: string
  /** With `since`, the rooms that left the list. With ids of rooms, those that are not in the list. */
  removed?: number[]
}

/** What to leave out of a listing. */
export interface ListingFilter {
  /** Only rooms that count as unread: with unread comments or marked as unread, and neither muted nor archived. */
  unread?: true
  /** Only archived rooms, or only the others. */
  archived?: boolean
  /** Only pinned rooms, or only the others. */
  pinned?: boolean
}

/** Which page of whose rooms is asked for: by number, or after a cursor. */
export interface PageRequest {
  caller: string
  filter: ListingFilter
  limit: number
  page: number
  cursor?: string
}

/** A page of one of the two types, or of both in one list. */
export interface ListingRequest extends PageRequest {
  types: readonly RoomType[]
}
