import type { Email } from '../../domain/email.ts'
import { allOf, isNotListed } from '../conditions.ts'
import { findListing, rowKey } from '../keys.ts'
import type { Store } from '../table.ts'
import { attributesWhileListed, type RowStatus } from './stored-row.ts'
import { makeTotalWrite, sendWrites } from './write-row.ts'

/** A row as it was read. */
interface FoundRow {
  viewer: Email
  roomId: number
  found: RowStatus
}

/**
 * Takes a row out of the list that no projection would correct, and removes everything that it showed.
 * What remains is a tombstone if the row has `left_at`, and otherwise a stub. It has no revision, so any
 * projection can write the row again.
 * @throws ConditionFailed if the row is no longer the one that was read
 */
export const clearRow = async (
  store: Store,
  { viewer, roomId, found }: FoundRow,
): Promise<void> => {
  const { activity, revision } = found
  const listing = activity === undefined ? undefined : findListing(activity)
  const values = {
    ...(activity !== undefined && { ':activity': activity }),
    ...(revision !== undefined && { ':revision': revision }),
  }
  await sendWrites(store, [
    {
      Update: {
        TableName: store.tableName,
        Key: rowKey(viewer, roomId),
        UpdateExpression: `REMOVE revision, ${attributesWhileListed.join(', ')}`,
        ConditionExpression: allOf(
          activity === undefined ? isNotListed : 'activity = :activity',
          revision === undefined ? 'attribute_not_exists(revision)' : 'revision = :revision',
        ),
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      },
    },
    ...(listing === undefined ? [] : [makeTotalWrite(store, viewer, listing, -1)]),
  ])
}
