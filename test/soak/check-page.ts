import type { ContractRow, RowAdditions } from '../../lib/domain/project-row.ts'
import { toTimestamp } from '../../lib/domain/time.ts'
import { byListingOrder } from '../support/expected-listing.ts'

/** A page as it was returned, and what it was asked for. */
export interface ShownPage {
  rows: (ContractRow & Partial<RowAdditions>)[]
  limit: number
  isUnread: boolean
  /** Rooms that the user had left before the request, and has not come back to. */
  left: number[]
}

/**
 * Checks what holds for a page at any moment, whatever is being written.
 * @returns what is wrong with it
 */
export const checkPage = ({ rows, limit, isUnread, left }: ShownPage): string[] => {
  const ids = rows.map(({ room_id }) => room_id)
  const stored = rows.map((row) => ({
    ...row,
    last_comment_timestamp: toTimestamp(Date.parse(row.last_comment_timestamp)),
  }))
  return [
    ...(rows.length > limit ? [`it has ${rows.length} rooms instead of at most ${limit}`] : []),
    ...(new Set(ids).size < ids.length ? ['it has a room twice'] : []),
    ...(stored.some((row, index) => index > 0 && byListingOrder(stored[index - 1]!, row) > 0)
      ? ['it is not sorted']
      : []),
    ...ids.filter((id) => left.includes(id)).map((id) => `it has room ${id}, which was left`),
    ...(isUnread &&
    rows.some(({ unread_count, marked_unread }) => unread_count === 0 && marked_unread === false)
      ? ['it has a room without unread comments, which is not marked as unread']
      : []),
  ]
}
