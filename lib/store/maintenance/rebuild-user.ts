import pMap from 'p-map'
import type { Email } from '../../domain/email.ts'
import { Unreadable } from '../../domain/errors.ts'
import { type RoomType, roomTypes } from '../../domain/room-type.ts'
import { findOrphans } from './find-orphans.ts'
import type { WrongRow } from './find-wrong-rows.ts'
import { type Item, readText } from '../item.ts'
import {
  findListing,
  isRow,
  type Key,
  parseUserEmail,
  totalActivity,
  totalKey,
  formatKey,
} from '../keys.ts'
import { readItems } from '../read-items.ts'
import { readUserRows } from './read-user-rows.ts'
import { findTwice, type Repaired, repairUntilRight } from './repair.ts'
import { clearRow } from './clear-row.ts'
import { correctTotal, type WrongTotal } from '../rows/total.ts'
import type { Store } from '../store.ts'

export type { WrongTotal }

const concurrency = 16

/** A total that is not the number of listed rows, or a listed row of a room that does not know the user. */
export type WrongOfUser = WrongTotal | WrongRow

/** Finds what is wrong in the listings of a user and cannot be found by comparing rooms. It writes nothing. */
export const checkUser = (store: Store, user: Email): Promise<WrongOfUser[]> =>
  findTwice(store, () => findWrong(store, user, findOrphans))

/**
 * Takes rows of rooms that do not know the user out of the list, counts the listed rows, and corrects the
 * totals that are not their number. Joins and leaves go on meanwhile: each changes `changes`, then the
 * correction fails and the rows are counted again.
 */
export const rebuildUser = (store: Store, user: Email): Promise<Repaired<WrongOfUser>> =>
  repairUntilRight(
    store,
    () => findWrong(store, user, findOrphans),
    (wrong) => correct(store, wrong),
  )

/** Does what {@link checkUser} does, for the totals only. */
export const checkTotals = (store: Store, user: Email): Promise<WrongTotal[]> =>
  findTwice(store, () => findWrong(store, user))

/** Does what {@link rebuildUser} does, for the totals only. */
export const rebuildTotals = (store: Store, user: Email): Promise<Repaired<WrongTotal>> =>
  repairUntilRight(
    store,
    () => findWrong(store, user),
    (wrong) => correct(store, wrong),
  )

/** Corrects the totals of those people who have one that is not a number: no write of a row could change it. */
export const correctDamagedTotals = async (store: Store, people: Email[]): Promise<void> => {
  const keys = people.flatMap((user) => roomTypes.map((type) => totalKey(user, type)))
  const totals = (await readItems(store, keys)).filter((item) => item !== undefined)
  const damaged = totals.filter(
    ({ total, changes }) =>
      typeof total !== 'number' || (changes !== undefined && typeof changes !== 'number'),
  )
  for (const user of new Set(damaged.map(parseUserEmail))) await rebuildTotals(store, user)
}

/** @returns whether everything is certainly right now */
const correct = async (store: Store, wrong: WrongOfUser[]): Promise<boolean> => {
  // The totals come first: clearing a row lowers its total, which has to be a number.
  for (const total of wrong.filter((one) => 'counted' in one)) await correctTotal(store, total)
  const rows = wrong.filter((one) => 'roomId' in one)
  await pMap(rows, (row) => clearRow(store, row), { concurrency })
  // Each row that was cleared changed its total, too: they are counted again.
  return rows.length === 0
}

type FindRows = (store: Store, user: Email, items: (Item & Key)[]) => Promise<WrongRow[]>

/** If a user's rooms change more often than this while their rows are counted, the count is given up. */
const attempts = 16

/**
 * Compares the totals with the rows. Reading them takes several calls, so `changes` is compared before and
 * after: if it is the same, nothing was added or removed meanwhile.
 * @param findRows finds rows among those that were read which are wrong as well
 * @throws Unreadable if the rooms change all the time
 */
async function findWrong(store: Store, user: Email): Promise<WrongTotal[]>
async function findWrong(store: Store, user: Email, findRows: FindRows): Promise<WrongOfUser[]>
async function findWrong(store: Store, user: Email, findRows?: FindRows): Promise<WrongOfUser[]> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const keys = roomTypes.map((type) => totalKey(user, type))
    const before = await readItems(store, keys)
    const counted: Record<RoomType, number> = { single: 0, group: 0 }
    const after = new Map<string, Item>()
    const rows: WrongRow[] = []
    for await (const { Items: items } of readUserRows(store, user)) {
      for (const item of items) {
        const activity = readText(item, 'activity')
        const listing = activity === undefined ? undefined : findListing(activity)
        if (!isRow(item)) after.set(formatKey(item), item)
        else if (listing !== undefined) counted[listing] += 1
      }
      if (findRows) rows.push(...(await findRows(store, user, items)))
    }
    const isQuiet = keys.every(
      (key, index) => before[index]?.['changes'] === after.get(formatKey(key))?.['changes'],
    )
    if (isQuiet)
      return [...rows, ...compareTotals(user, counted, (key) => after.get(formatKey(key)))]
  }
  throw new Unreadable('the rooms change all the time, so they cannot be counted: try again')
}

const compareTotals = (
  user: Email,
  counted: Record<RoomType, number>,
  find: (key: Key) => Item | undefined,
): WrongTotal[] =>
  roomTypes.flatMap((type) => {
    const item = find(totalKey(user, type))
    return isRight(type, item, counted[type])
      ? []
      : {
          user,
          type,
          stored: typeof item?.['total'] === 'number' ? item['total'] : undefined,
          counted: counted[type],
          changes: item?.['changes'] as unknown,
        }
  })

/** A total that is not stored counts as 0. */
const isRight = (type: RoomType, item: Item | undefined, counted: number): boolean =>
  item === undefined
    ? counted === 0
    : item['total'] === counted &&
      item['activity'] === totalActivity(type) &&
      ['number', 'undefined'].includes(typeof item['changes'])
