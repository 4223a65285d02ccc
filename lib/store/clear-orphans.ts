import pMap from 'p-map'
import type { Email } from '../domain/email.ts'
import type { WrongRow } from './find-wrong-rows.ts'
import { isRow, participantKey, parseRowRoomId } from './keys.ts'
import { formatKey, readItems } from './read-items.ts'
import { readUserRows } from './read-user-rows.ts'
import { findTwice, type Repaired, repairUntilRight } from './repair.ts'
import { retryContention } from './retry.ts'
import { clearRow } from './rows/clear-row.ts'
import { parseRowStatus } from './rows/stored-row.ts'
import type { Store } from './table.ts'

const concurrency = 16

/**
 * Finds the listed rows of a user for which the room has no participant: the room does not exist, or does
 * not know the user. Comparing the room with its rows cannot find them. Nothing is written.
 */
export const checkOrphans = (store: Store, user: Email): Promise<WrongRow[]> =>
  findTwice(store, () => findOrphans(store, user))

/** Takes the rows that {@link checkOrphans} finds out of the list. */
export const clearOrphans = (store: Store, user: Email): Promise<Repaired<WrongRow>> =>
  repairUntilRight(
    store,
    () => findOrphans(store, user),
    async (orphans) => {
      await pMap(orphans, (orphan) => clearRow(store, orphan), { concurrency })
    },
  )

/** A participant is recorded before the row is listed and is never removed, so the rows are read first. */
const findOrphans = async (store: Store, user: Email): Promise<WrongRow[]> => {
  const orphans: WrongRow[] = []
  for await (const items of readUserRows(store, user)) {
    const rows = items
      .filter((item) => isRow(item) && item['activity'] !== undefined)
      .map((item) => ({ roomId: parseRowRoomId(item), found: parseRowStatus(item) }))
    const keyOf = ({ roomId }: { roomId: number }) => participantKey(roomId, user)
    const participants = await retryContention(store, () => readItems(store, rows.map(keyOf)))
    for (const row of rows)
      if (!participants.has(formatKey(keyOf(row))))
        orphans.push({ ...row, viewer: user, problem: 'listed' })
  }
  return orphans
}
