import pMap from 'p-map'
import type { Email } from '../../domain/email.ts'
import { Unreadable } from '../../domain/errors.ts'
import { roomTypes } from '../../domain/room-type.ts'
import { deleteItem } from './delete-item.ts'
import { eraseFromRoom } from './erase-from-room.ts'
import { findTraces, maxEmails, type ScannedPage } from './find-traces.ts'
import { isRow, parseRowRoomId, profileKey, totalKey } from '../keys.ts'
import { readItems } from '../read-items.ts'
import { readUserRows } from './read-user-rows.ts'
import { retryContention } from '../retry.ts'
import { deleteTotal } from '../rows/total.ts'
import type { Store } from '../store.ts'

/** What the table has of a user, or what was erased. */
export interface UserCounts {
  /** Those that have the user as a participant, present or former. */
  rooms: number
  /** Those that the user wrote. */
  comments: number
  /** Those of the user's own listings, also the markers of rooms that the user left. */
  rows: number
  /** False if the table has nothing of the user. */
  isKnown: boolean
}

/** Receives the progress of the work. */
export interface EraseProgress {
  onRoom: () => void
  onPage: (page: Pick<ScannedPage, 'items' | 'readUnits'>) => void
  /** A room has an item that cannot be read: the user is not erased from it. Called once for each such room. */
  onUnreadable: (email: Email, roomId: number, reason: string) => void
}

type Counts = Map<Email, UserCounts>

const concurrency = 8

/** Counts what the table has of users. It reads the whole table, once for {@link maxEmails} users, and writes nothing. */
export const countUsers = (
  store: Store,
  emails: Email[],
  { onPage }: Pick<EraseProgress, 'onPage'>,
): Promise<Counts> =>
  countEach(emails, (counts, group) =>
    findTraces(store, group, (page) => {
      for (const { email, kind } of page.traces) {
        const count = counts.get(email)!
        count.isKnown = true
        if (kind === 'participant') count.rooms += 1
        if (kind === 'comment') count.comments += 1
        if (kind === 'row') count.rows += 1
      }
      onPage(page)
      return Promise.resolve()
    }),
  )

/**
 * Erases users: afterwards, no item, no other person's row and no key has data of them. Otherwise, other people's
 * listings and unread counts stay as they were. It may be interrupted at any point and run again, and it may run
 * while events are applied. An event about a user that arrives later brings data back.
 *
 * The rooms that a user's own partition names come first. Then the whole table is read, once for {@link maxEmails}
 * users, because a user can have written or read in a room that has no row for the user.
 * @returns what was erased
 */
export const eraseUsers = (
  store: Store,
  emails: Email[],
  progress: EraseProgress,
): Promise<Counts> =>
  countEach(emails, async (counts, group) => {
    const unreadable = new Map(group.map((email) => [email, new Set<number>()]))
    /** @returns whether the user is erased from the room */
    const eraseRoom = async (email: Email, roomId: number): Promise<boolean> => {
      if (unreadable.get(email)!.has(roomId)) return false
      try {
        const { comments, wasParticipant } = await eraseFromRoom(store, email, roomId)
        const count = counts.get(email)!
        count.comments += comments
        if (wasParticipant) count.rooms += 1
        progress.onRoom()
        return true
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        unreadable.get(email)!.add(roomId)
        progress.onUnreadable(email, roomId, error.message)
        return false
      }
    }
    const eraseOwnRooms = async (email: Email) => {
      const count = counts.get(email)!
      for await (const { Items } of readUserRows(store, email)) {
        const rows = Items.filter(isRow)
        const erased = await pMap(rows, (row) => eraseRoom(email, parseRowRoomId(row)), {
          concurrency,
        })
        count.rows += erased.filter(Boolean).length
        if (Items.length > 0) count.isKnown = true
      }
    }

    for (const email of group) await eraseOwnRooms(email)
    await findTraces(store, group, async (page) => {
      progress.onPage(page)
      for (const { email } of page.traces) counts.get(email)!.isKnown = true
      for (const { email, roomId } of findRooms(page)) await eraseRoom(email, roomId)
    })
    let failure: Unreadable | undefined
    for (const email of group)
      try {
        // A projection that was in progress may have written a row meanwhile.
        await deleteTotalsAfter(store, email, () => eraseOwnRooms(email))
        await deleteItem(store, profileKey(email))
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        failure = error
      }
    if (failure)
      throw new Unreadable(
        'rooms of a user change all the time, so the totals of the list are still stored: end what changes them, and erase the users again',
        { cause: failure },
      )
  })

/**
 * Deletes the user's totals after the rows. A row that appears meanwhile is erased too: a listed row without a total
 * could be erased later without a sign for the devices that have it (sync-token.ts).
 */
const deleteTotalsAfter = (
  store: Store,
  email: Email,
  eraseRows: () => Promise<void>,
): Promise<void> =>
  retryContention(store, async () => {
    const totals = await readItems(
      store,
      roomTypes.map((type) => totalKey(email, type)),
    )
    await eraseRows()
    for (const [index, type] of roomTypes.entries())
      await deleteTotal(store, { user: email, type, changes: totals[index]?.['changes'] })
  })

/** Finds the rooms of the traces, each once for a user. */
const findRooms = ({ traces }: ScannedPage): { email: Email; roomId: number }[] =>
  [...Map.groupBy(traces, ({ email }) => email)].flatMap(([email, ofUser]) =>
    [...new Set(ofUser.map(({ roomId }) => roomId))].flatMap((roomId) =>
      roomId === undefined ? [] : [{ email, roomId }],
    ),
  )

/** Works on the users in groups that one scan can look for. */
const countEach = async (
  emails: Email[],
  work: (counts: Counts, group: Email[]) => Promise<void>,
): Promise<Counts> => {
  const counts: Counts = new Map(
    emails.map((email) => [email, { rooms: 0, comments: 0, rows: 0, isKnown: false }]),
  )
  for (let start = 0; start < emails.length; start += maxEmails)
    await work(counts, emails.slice(start, start + maxEmails))
  return counts
}
