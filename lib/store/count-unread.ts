import type { Email } from '../domain/email.ts'
import type { Badge } from '../domain/published.ts'
import { countUnreadRows } from './rows/list-rooms.ts'
import type { Store } from './store.ts'

/**
 * Counts what the list of unread rooms shows. The read is consistent.
 * @throws InboxError `unavailable`
 */
export const countUnread = async (store: Store, user: Email): Promise<Badge> => {
  const { rooms, comments } = await countUnreadRows(store, user)
  return { unread_rooms: rooms, unread_comments: comments }
}
