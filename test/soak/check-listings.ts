import { isDeepStrictEqual } from 'node:util'
import type { ContractRow, InboxRow } from '../../lib/domain/project-row.ts'
import { roomTypes } from '../../lib/domain/room-type.ts'
import { formatTime } from '../../lib/domain/time.ts'
import type { ApiResponse } from './client.ts'
import type { KeptPages } from './kept-pages.ts'
import type { Oracle } from './oracle.ts'
import { findNext } from './read-listings.ts'

/** A room as a list shows it. */
type ShownRoom = ContractRow | Record<string, unknown>

const hideAdditions = ({ additions, ...row }: InboxRow): ShownRoom => row
const showAdditions = ({ additions, ...row }: InboxRow): ShownRoom => ({ ...row, ...additions })

const listings = [
  { types: ['single'], route: '/chat/personal', show: hideAdditions },
  { types: ['group'], route: '/chat/group', show: hideAdditions },
  { types: roomTypes, route: '/chat/all', show: showAdditions },
] as const

/** Small, so that most listings have several pages. */
const limits = { byPage: 7, byCursor: 5 }
const shownRows = 3

/**
 * Compares all listings of a user with what they must be once everything is applied: by page and by cursor, all
 * rooms and the unread ones, with their totals.
 * @returns what is wrong, with the expected and the returned rows
 */
export const checkListings = async (
  oracle: Oracle,
  pages: KeptPages,
  user: string,
): Promise<{ checked: number; wrong: string[] }> => {
  const wrong: string[] = []
  let checked = 0
  for (const { types, route, show } of listings) {
    const { all, unread } = oracle.computeListings(user, types)
    for (const [query, stored] of [
      ['', all],
      ['unread=true&', unread],
    ] as const) {
      const expected = stored.map(formatTimes).map(show)
      const unreadComments = query === '' ? undefined : sumUnread(stored)
      for (const way of ['byPage', 'byCursor'] as const) {
        const path = `${route}?${query}limit=${limits[way]}`
        const found = await readAll(pages, user, route, path, way)
        checked += 1
        const problem = compare(found, expected, unreadComments)
        if (problem !== undefined) wrong.push(`${path} (${way}) of ${user}: ${problem}`)
      }
    }
  }
  return { checked, wrong }
}

/**
 * Compares the copy of a phone with what the list of all rooms must be.
 * @returns what is wrong
 */
export const checkCopy = (
  oracle: Oracle,
  user: string,
  rooms: readonly ShownRoom[],
): string | undefined => {
  const expected = oracle.computeListings(user, roomTypes).all.map(formatTimes).map(showAdditions)
  return isDeepStrictEqual(rooms, expected)
    ? undefined
    : `the copy of ${user}: ${describeDifference([...rooms], expected)}`
}

/** @returns the pages up to the first one without a response, which is undefined */
const readAll = async (
  kept: KeptPages,
  user: string,
  route: string,
  first: string,
  way: 'byPage' | 'byCursor',
): Promise<(ApiResponse | undefined)[]> => {
  const pages: (ApiResponse | undefined)[] = []
  for (let path: string | undefined = first; path !== undefined;) {
    const page = await kept.get(user, path)
    pages.push(page)
    const next = page && findNext(route, page)
    path = next && way === 'byPage' ? `${first}&page=${pages.length + 1}` : next
  }
  return pages
}

const compare = (
  found: (ApiResponse | undefined)[],
  expected: ShownRoom[],
  unreadComments: number | undefined,
): string | undefined => {
  const pages = found.filter((page) => page !== undefined)
  if (pages.length < found.length) return `page ${found.length} has no response`
  const results = pages.map((page) => page.body.data.results as Results)
  const rows = results.flatMap(({ rooms_info }) => rooms_info)
  if (!isDeepStrictEqual(rows, expected)) return describeDifference(rows, expected)
  const metas = results.map(({ meta: { current_page, total_room } }) => ({
    current_page,
    total_room,
  }))
  const expectedMetas = metas.map((_, index) => ({
    current_page: index + 1,
    total_room: expected.length,
  }))
  if (!isDeepStrictEqual(metas, expectedMetas))
    return `expected totals ${JSON.stringify(expectedMetas)}, got ${JSON.stringify(metas)}`
  const sums = pages.map(({ headers }) => headers['unread-comments'])
  return sums.every((sum) => sum === unreadComments?.toString())
    ? undefined
    : `expected Unread-Comments ${unreadComments}, got ${sums.join()}`
}

interface Results {
  meta: { current_page: number; total_room: number }
  rooms_info: ShownRoom[]
}

/** @returns how two lists of rooms differ */
const describeDifference = (rows: ShownRoom[], expected: ShownRoom[]): string => {
  const differing = (some: ShownRoom[], others: ShownRoom[]): string =>
    JSON.stringify(
      some.filter((row, index) => !isDeepStrictEqual(row, others[index])).slice(0, shownRows),
    )
  return `expected ${expected.length} rooms, got ${rows.length}; where they differ, expected ${differing(expected, rows)}, got ${differing(rows, expected)}`
}

const formatTimes = (row: InboxRow): InboxRow => ({
  ...row,
  last_comment_timestamp: formatTime(row.last_comment_timestamp),
})

const sumUnread = (rows: InboxRow[]): number =>
  rows.reduce((sum, { unread_count }) => sum + unread_count, 0)
