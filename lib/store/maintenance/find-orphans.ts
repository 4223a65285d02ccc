import type { Email } from '../../domain/email.ts'
import type { WrongRow } from './find-wrong-rows.ts'
import type { Item } from '../item.ts'
import { isRow, type Key, participantKey, parseRowRoomId } from '../keys.ts'
import { readItems } from '../read-items.ts'
import { parseRowStatus } from '../rows/stored-row.ts'
import type { Store } from '../store.ts'

/**
 * Finds the listed rows of a user for which the room has no participant: the room does not exist, or does
 * not know the user. Comparing the room with its rows cannot find them. A participant is recorded before the
 * row is listed and is never removed, so the rows are read first.
 * @param items some of the user's rows, and others
 */
export const findOrphans = async (
  store: Store,
  user: Email,
  items: (Item & Key)[],
): Promise<WrongRow[]> => {
  const rows = items
    .filter((item) => isRow(item) && item['activity'] !== undefined)
    .map((item) => ({ roomId: parseRowRoomId(item), found: parseRowStatus(item) }))
  const keys = rows.map(({ roomId }) => participantKey(roomId, user))
  const participants = await readItems(store, keys)
  return rows
    .filter((_, index) => participants[index] === undefined)
    .map((row) => ({ ...row, viewer: user, problem: 'listed' }))
}
