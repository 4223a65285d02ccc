import { isDeepStrictEqual } from 'node:util'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { normalizeEmail } from '../../../domain/email.ts'
import { Unreadable } from '../../../domain/errors.ts'
import type { InboxRow } from '../../../domain/project-row.ts'
import { projectRow, viewRoom } from '../../../domain/project-row.ts'
import type { Items } from '../../facts/fold-facts.ts'
import { rowKey } from '../../keys.ts'
import { retryContention } from '../../retry.ts'
import { toRow } from '../../rows/stored-row.ts'
import type { Store } from '../../store.ts'
import type { Difference } from './differences.ts'
import { parseState } from './parse-state.ts'

/** A row of a listing document. */
export interface SeenRow {
  /** Where it is in the files. */
  place: string
  viewer: string
  /** All of its fields are compared. */
  row: Pick<InboxRow, 'room_id'>
}

/** Compares a user's row in the table with the one that a listing document shows. */
export const findStoredRowDifferences = async (
  store: Store,
  seen: SeenRow,
): Promise<Difference[]> => {
  const key = rowKey(normalizeEmail(seen.viewer), seen.row.room_id)
  const { Item } = await retryContention(store, () =>
    store.client.send(
      new GetItemCommand({
        TableName: store.tableName,
        Key: marshall(key),
        ConsistentRead: true,
      }),
      { abortSignal: store.signal },
    ),
  )
  try {
    return compareRow(Item?.['activity'] === undefined ? undefined : toRow(Item), seen)
  } catch (error) {
    if (error instanceof Unreadable) return [makeRowDifference(seen, 'form', error.message)]
    throw error
  }
}

/** Compares the row that follows from a room's items with the one that a listing document shows. */
export const findProjectedRowDifferences = (items: Items, seen: SeenRow): Difference[] => {
  const view = viewRoom(parseState(items, seen.row.room_id))
  const viewer = view.participants.find(({ key }) => key === normalizeEmail(seen.viewer))
  return compareRow(viewer && projectRow(view, viewer), seen)
}

const compareRow = (actual: InboxRow | undefined, seen: SeenRow): Difference[] => {
  const { row: expected } = seen
  const room = `room ${expected.room_id}`
  if (actual === undefined) return [makeRowDifference(seen, 'row', `${room} is not listed`)]
  const fields: Record<string, unknown> = { ...actual, ...actual.additions }
  return Object.entries(expected).flatMap(([field, value]: [string, unknown]) => {
    const found = fields[field]
    return isDeepStrictEqual(found, value)
      ? []
      : makeRowDifference(
          seen,
          field,
          `${room}: ${field} is ${JSON.stringify(found)}, not ${JSON.stringify(value)}`,
        )
  })
}

const makeRowDifference = ({ place }: SeenRow, field: string, text: string): Difference => ({
  what: `${place}: ${field}`,
  text: `${place}: ${text}`,
  correction: undefined,
})
