import type { Email } from '../domain/email.ts'
import { Unreadable } from '../domain/errors.ts'
import { type RoomType, roomTypes } from '../domain/room-state.ts'
import { type Item, readNumber, readText } from './item.ts'
import { findListing, isRow, totalActivity, totalKey } from './keys.ts'
import { formatKey, readItems } from './read-items.ts'
import { readUserRows } from './read-user-rows.ts'
import { findTwice, type Repaired, repairUntilRight } from './repair.ts'
import { correctTotal, type WrongTotal } from './rows/correct-total.ts'
import type { Store } from './table.ts'

/** Finds the totals of a user that are not the number of listed rows, and writes nothing. */
export type { WrongTotal }

export const checkTotals = (store: Store, user: Email): Promise<WrongTotal[]> =>
  findTwice(store, () => findWrongTotals(store, user))

/**
 * Counts the listed rows of a user, and corrects the totals that are not their number. Joinings and leaves
 * go on meanwhile: each changes `changes`, then the correction fails and the rows are counted again.
 */
export const rebuildTotals = (store: Store, user: Email): Promise<Repaired<WrongTotal>> =>
  repairUntilRight(
    store,
    () => findWrongTotals(store, user),
    async (wrong) => {
      for (const total of wrong) await correctTotal(store, total)
    },
  )

/** The rows of somebody whose rooms change more often than this while they are counted are not judged. */
const attempts = 16

/**
 * Compares the totals with the rows. Reading them takes several calls, so `changes` is compared before and
 * after: if it is the same, nothing was added or removed meanwhile.
 * @throws Unreadable if the rooms change all the time
 */
const findWrongTotals = async (store: Store, user: Email): Promise<WrongTotal[]> => {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const keys = roomTypes.map((type) => totalKey(user, type))
    const before = await readItems(store, keys)
    const counted: Record<RoomType, number> = { single: 0, group: 0 }
    const after = new Map<string, Item>()
    for await (const items of readUserRows(store, user))
      for (const item of items) {
        const activity = readText(item, 'activity')
        const listing = activity === undefined ? undefined : findListing(activity)
        if (!isRow(item)) after.set(formatKey(item), item)
        else if (listing !== undefined) counted[listing] += 1
      }
    const isQuiet = keys.every((key) => {
      const name = formatKey(key)
      return before.get(name)?.['changes'] === after.get(name)?.['changes']
    })
    if (isQuiet)
      return roomTypes.flatMap((type) => {
        const item = after.get(formatKey(totalKey(user, type)))
        return isRight(type, item, counted[type])
          ? []
          : {
              user,
              type,
              stored: item && readNumber(item, 'total'),
              counted: counted[type],
              changes: item && readNumber(item, 'changes'),
            }
      })
  }
  throw new Unreadable('the rooms change all the time, so they cannot be counted: try again')
}

/** A total that is not stored counts as 0. */
const isRight = (type: RoomType, item: Item | undefined, counted: number): boolean =>
  item === undefined
    ? counted === 0
    : item['total'] === counted && item['activity'] === totalActivity(type)
