import type { Email } from '../../domain/email.ts'
import { allOf, isNotListed } from '../conditions.ts'
import type { RowStatus } from '../rows/stored-row.ts'
import { makeUnlistWrites } from '../rows/unlist-row.ts'
import type { Store } from '../store.ts'
import { sendWrites } from '../transact.ts'

/** A row as it was read. */
interface FoundRow {
  viewer: Email
  roomId: number
  found: RowStatus
}

/**
 * Takes a row that no projection would correct out of the list, and removes everything that it showed. It leaves a
 * tombstone if the row has `left_at`, and otherwise a stub. The row then has no revision, so any projection can
 * write the row again.
 * @throws ConditionFailed if the row is no longer the one that was read
 */
export const clearRow = async (
  store: Store,
  { viewer, roomId, found }: FoundRow,
): Promise<void> => {
  const { activity, revision } = found
  const condition = allOf(
    activity === undefined ? isNotListed : 'activity = :activity',
    revision === undefined ? 'attribute_not_exists(revision)' : 'revision = :revision_read',
  )
  const values = {
    ...(activity !== undefined && { ':activity': activity }),
    ...(revision !== undefined && { ':revision_read': revision }),
  }
  const remains = { viewer, roomId, revision: null }
  await sendWrites(store, makeUnlistWrites(store, remains, found, condition, values))
}
