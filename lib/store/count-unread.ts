import type { Email } from '../domain/email.ts'
import type { Badge } from '../domain/published.ts'
import { roomTypes } from '../domain/room-type.ts'
import { listRooms } from './rows/list-rooms.ts'
import type { Store } from './store.ts'

/**
 * Counts what the list of unread rooms shows. The read is consistent.
 * @throws InboxError `unavailable`
 */
export const countUnread = async (store: Store, user: Email): Promise<Badge> => {
  const { total, unreadComments = 0 } = await listRooms(store, {
    caller: user,
    types: roomTypes,
    filter: { unread: true },
    page: 1,
    limit: 1,
  })
  return { unread_rooms: total, unread_comments: unreadComments }
}
