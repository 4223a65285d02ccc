import type { Page, PageQuery, Room } from './pages.ts'

/** A page that was read, and where it begins: behind a room, or at the top. */
interface KnownPage {
  query: PageQuery
  /** Undefined if the page begins somewhere else since it was read. */
  etag: string | undefined
  after: Room | undefined
}

/**
 * The rooms of a listing as far as they have been read, newest first and without a gap. A page says
 * all about its part of the order: what it does not name is gone or has moved.
 */
export interface KnownRooms {
  rooms: Room[]
  total: number
  pages: KnownPage[]
  /** The page below the last known one, if there is one. */
  next: PageQuery | undefined
}

export const startWith = (query: PageQuery, page: Page): KnownRooms => ({
  rooms: page.rooms,
  total: page.total,
  pages: [{ query, etag: page.etag, after: undefined }],
  next: page.next,
})

/** Adds the page below the last known one. */
export const append = (known: KnownRooms, query: PageQuery, page: Page): KnownRooms => {
  const after = known.rooms.at(-1)
  return {
    rooms: replacePart(known.rooms, after, page),
    total: page.total,
    pages: [...known.pages, { query, etag: page.etag, after }],
    next: page.next,
  }
}

/**
 * Puts a known page's new answer in the place of the old one. If all rooms of the first page are
 * newer than every known room, there may be others in between: the list starts again.
 */
export const replace = (known: KnownRooms, index: number, page: Page): KnownRooms => {
  const { query, after } = known.pages[index]!
  const last = page.rooms.at(-1)
  const top = known.rooms[0]
  const hasGap = page.next !== undefined && last && top && compareRooms(last, top) < 0
  if (hasGap && index === 0) return startWith(query, page)
  const isLast = page.next === undefined || index === known.pages.length - 1
  const rooms = replacePart(known.rooms, after, page)
  return {
    rooms: isLast ? rooms.slice(0, last ? rooms.indexOf(last) + 1 : undefined) : rooms,
    total: page.total,
    pages: [
      ...known.pages.slice(0, index),
      { query, after, etag: page.etag },
      ...(isLast ? [] : beginAt(page.next!, last, known.pages.slice(index + 1))),
    ],
    next: isLast ? page.next : known.next,
  }
}

/** The first of these pages begins where the page above it now ends. */
const beginAt = (
  query: PageQuery,
  after: Room | undefined,
  [page, ...others]: KnownPage[],
): KnownPage[] =>
  page && page.query.cursor !== query.cursor
    ? [{ query, after, etag: undefined }, ...others]
    : [page!, ...others]

/** @returns the index of the page that shows the room at this index */
export const findPage = ({ rooms, pages }: KnownRooms, roomIndex: number): number => {
  const room = rooms[roomIndex]
  if (room === undefined) return pages.length - 1
  return pages.findLastIndex(({ after }) => after === undefined || compareRooms(after, room) < 0)
}

export const remove = (known: KnownRooms, roomId: number): KnownRooms => ({
  ...known,
  rooms: known.rooms.filter(({ room_id }) => room_id !== roomId),
  total: known.total - 1,
})

/** Replaces the rooms from behind `after` down to the last of the page, or all if there is no next page. */
const replacePart = (known: Room[], after: Room | undefined, { rooms, next }: Page): Room[] => {
  const last = next && rooms.at(-1)
  const fresh = new Set(rooms.map(({ room_id }) => room_id))
  const kept = known.filter((room) => !fresh.has(room.room_id))
  return [
    ...kept.filter((room) => after !== undefined && compareRooms(room, after) <= 0),
    ...rooms,
    ...kept.filter((room) => last !== undefined && compareRooms(room, last) > 0),
  ]
}

/** The order of the API: the time of the last comment, its id, the id of the room; all descending. */
const compareRooms = (a: Room, b: Room): number =>
  Date.parse(b.last_comment_timestamp) - Date.parse(a.last_comment_timestamp) ||
  b.last_comment_id - a.last_comment_id ||
  b.room_id - a.room_id
