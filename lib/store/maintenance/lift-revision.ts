import { isOlderOrHasNoRevision } from '../conditions.ts'
import { roomKey } from '../keys.ts'
import type { Store } from '../store.ts'
import { update } from '../update.ts'

/**
 * Lifts a room's revision to at least this one. A room that was lost begins with a lower revision than its
 * rows have, and its projections could not replace them.
 */
export const liftRevision = async (
  store: Store,
  roomId: number,
  revision: number,
): Promise<void> => {
  await update(store, {
    Key: roomKey(roomId),
    UpdateExpression: 'SET revision = :revision',
    ConditionExpression: isOlderOrHasNoRevision,
    ExpressionAttributeValues: { ':revision': revision },
  })
}
