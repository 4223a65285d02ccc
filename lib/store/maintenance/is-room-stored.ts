import { roomPartition } from '../keys.ts'
import { queryPages } from '../read-pages.ts'
import type { Store } from '../store.ts'

/** Whether the partition of a room has any item. It costs one read unit. */
export const isRoomStored = async (store: Store, roomId: number): Promise<boolean> => {
  const pages = queryPages(store, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': roomPartition(roomId).pk },
    ProjectionExpression: 'pk',
    Limit: 1,
  })
  for await (const { Items } of pages) return Items.length > 0
  return false
}
