import { InboxError, quote } from '../../domain/errors.ts'
import { isTimestamp } from '../../domain/time.ts'
import type { ListingPlace } from '../keys.ts'

/** Where the next page begins: after this row. `page` is the number of that page. */
export interface Cursor {
  page: number
  after: ListingPlace
}

const version = 1
const maxLength = 1024

/** Encodes a cursor of a list as base64url, unsigned. It holds a place in a listing, never an address or a key of the table. */
export const encodeCursor = (list: string, { page, after }: Cursor): string =>
  Buffer.from(
    JSON.stringify([version, list, page, after.timestamp, after.commentId, after.roomId]),
  ).toString('base64url')

/** @throws InboxError `invalid_cursor` for anything that {@link encodeCursor} does not make for this list */
export const decodeCursor = (list: string, text: string): Cursor => {
  const cursor = text.length <= maxLength ? parse(text) : undefined
  if (cursor === undefined || encodeCursor(list, cursor) !== text)
    throw new InboxError(
      'invalid_cursor',
      `cursor ${quote(text)} is not valid for this listing: send it exactly as the page before gave it, in next_cursor or the Link header, with the same filters, or leave it out to start at the first page`,
    )
  return cursor
}

const parse = (text: string): Cursor | undefined => {
  let fields: unknown
  try {
    fields = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
  if (!Array.isArray(fields)) return undefined
  const [, , page, timestamp, commentId, roomId] = fields as unknown[]
  if (typeof timestamp !== 'string' || !isTimestamp(timestamp)) return undefined
  if (!isId(page, 2) || !isId(commentId, 0) || !isId(roomId, 1)) return undefined
  return { page, after: { timestamp, commentId, roomId } }
}

const isId = (value: unknown, min: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min
