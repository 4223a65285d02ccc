import type { Email } from '../../domain/email.ts'
import { flags } from '../../domain/flags.ts'
import type { Timestamp } from '../../domain/time.ts'
import {
  allOf,
  isListed,
  isNotLeftSinceJoin,
  isNotListed,
  isOlder,
  isOlderOrHasNoRevision,
} from '../conditions.ts'
import { ConditionFailed } from '../errors.ts'
import { parseActivity } from '../keys.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../store.ts'
import { type Outcome, setValues } from '../together.ts'
import { sendWrites, type Write } from '../transact.ts'
import { type ListedRow, parseRowStatus, type RowStatus, stamp } from './stored-row.ts'
import { makeTotalWrite } from './total.ts'

/** A row for the list. It carries the revision of the room that it was derived from. */
export interface NewRow {
  viewer: Email
  row: ListedRow
  /** When the viewer joined. A leave at this time or later keeps the row out of the list. */
  joinedAt: Timestamp
}

/**
 * Puts a row into the list: the fourth step of docs/protocol.md. Nothing is written if the stored row is as new, or if
 * the viewer left at or after the join. A row that becomes listed raises its listing's total in the same transaction.
 * @param assumed the stored row, as far as the caller knows
 * @returns whether it was written
 */
export const writeListedRow = async (
  store: Store,
  newRow: NewRow,
  assumed = assumeListed(newRow),
): Promise<boolean> => {
  const isAssumedListed = assumed.activity !== undefined
  const outcome = isAssumedListed ? await changeListedRow(store, newRow.row) : undefined
  if (outcome?.isDone === true) return true
  const found = outcome?.item ? parseRowStatus(outcome.item) : assumed
  return writeRow(store, (known) => makeListedRowWrites(store, newRow, known), found)
}

/** Assumes the most likely state of the stored row: listed, with the revision before. Then one write is enough. */
export const assumeListed = ({ row }: NewRow): RowStatus => ({
  activity: row.activity,
  revision: row.revision - 1,
})

/**
 * Makes the writes that put a row into the list, given the stored row. The row's own write comes first.
 * There are none if the row must not be written.
 */
export const makeListedRowWrites = (
  store: Store,
  { viewer, row, joinedAt }: NewRow,
  found: RowStatus,
): Write[] => {
  if (isAsNew(found, row.revision) || isLeftSince(found, joinedAt)) return []
  if (found.activity !== undefined) return [makePut(store, row, allOf(isListed, isOlder))]
  const condition = allOf(isNotListed, isOlderOrHasNoRevision, isNotLeftSinceJoin)
  return [
    makePut(store, row, condition, { ':joined_at': joinedAt }),
    makeTotalWrite(store, viewer, parseActivity(row.activity).type, 1),
  ]
}

const makePut = (
  store: Store,
  row: ListedRow,
  condition: string,
  values?: Record<string, string>,
): Write => ({
  Put: {
    TableName: store.tableName,
    Item: stamp(store, row),
    ConditionExpression: condition,
    ExpressionAttributeValues: { ':revision': row.revision, ...values },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
})

/**
 * Writes a row in the usual case: the stored row is listed and older, and has no attribute that would have to be
 * removed.
 */
const changeListedRow = async (
  store: Store,
  { pk, sk, ...values }: ListedRow,
): Promise<Outcome | undefined> => {
  const isSameForm = '"activity" IS NOT MISSING AND "shown" IS NOT MISSING AND "left_at" IS MISSING'
  const unset = flags.filter((flag) => values[flag] === undefined)
  const condition = {
    text: [isSameForm, ...unset.map((flag) => `"${flag}" IS MISSING`), '"revision" < ?'].join(
      ' AND ',
    ),
    parameters: [values.revision],
  }
  const set = setValues(Object.entries(stamp(store, values)))
  return store.together?.change({ pk, sk }, { set, condition })
}

/** Whether the row is of this revision, or a newer one. */
export const isAsNew = (found: RowStatus, revision: number): boolean =>
  found.revision !== undefined && found.revision >= revision

/** Whether the viewer left at this time or later. */
export const isLeftSince = ({ activity, left_at }: RowStatus, moment: Timestamp): boolean =>
  activity === undefined && left_at !== undefined && left_at >= moment

/** Sends the writes that a row needs, for the assumed row. If a condition fails, it decides again with the row that is stored. */
export const writeRow = (
  store: Store,
  makeWrites: (found: RowStatus) => Write[],
  assumed: RowStatus,
): Promise<boolean> => {
  let found = assumed
  return retryContention(store, async () => {
    const writes = makeWrites(found)
    if (writes.length === 0) return false
    try {
      await sendWrites(store, writes)
      return true
    } catch (error) {
      if (error instanceof ConditionFailed) found = parseRowStatus(error.found.get(0))
      throw error
    }
  })
}
