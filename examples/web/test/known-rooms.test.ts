import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  append,
  findPage,
  type KnownRooms,
  remove,
  replace,
  startWith,
} from '../src/known-rooms.ts'
import type { Page, PageQuery, Room } from '../src/pages.ts'

const makeRoom = (room_id: number, minute: number): Room => ({
  room_id,
  room_type: 'group',
  room_name: `room ${room_id}`,
  room_avatar_url: '',
  last_comment_id: minute,
  last_comment_message: '',
  last_comment_timestamp: new Date(minute * 60_000).toISOString().replace('.000', ''),
  unread_count: 0,
})

const limit = 3
const first: PageQuery = { limit }

/** A listing as the API answers it: the cursor is the position of the last room of the page before. */
class Listing {
  rooms: Room[]
  #minute = 0

  constructor(count: number) {
    this.rooms = Array.from({ length: count }, (_, index) => makeRoom(index + 1, 0)).reverse()
  }

  comment(roomId: number): void {
    this.#minute += 1
    this.rooms = [
      makeRoom(roomId, this.#minute),
      ...this.rooms.filter(({ room_id }) => room_id !== roomId),
    ]
  }

  leave(roomId: number): void {
    this.rooms = this.rooms.filter(({ room_id }) => room_id !== roomId)
  }

  read({ cursor }: PageQuery): Page {
    const [minute, id] = (cursor ?? 'Infinity 0').split(' ').map(Number) as [number, number]
    const below = this.rooms.filter(
      ({ last_comment_id, room_id }) =>
        last_comment_id < minute || (last_comment_id === minute && room_id < id),
    )
    const rooms = below.slice(0, limit)
    const last = rooms.at(-1)
    return {
      rooms,
      total: this.rooms.length,
      next:
        below.length > limit && last
          ? { limit, cursor: `${last.last_comment_id} ${last.room_id}` }
          : undefined,
      etag: '',
    }
  }
}

const readMore = (known: KnownRooms, listing: Listing): KnownRooms =>
  known.next ? append(known, known.next, listing.read(known.next)) : known

const readAgain = (known: KnownRooms, listing: Listing, index: number): KnownRooms => {
  const page = known.pages[index]
  return page ? replace(known, index, listing.read(page.query)) : known
}

const ids = (rooms: Room[]) => rooms.map(({ room_id }) => room_id)

describe('the known rooms', () => {
  const change = fc.oneof(
    fc.record({ kind: fc.constantFrom('comment', 'leave'), room: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constantFrom('read', 'more'), room: fc.nat(8) }),
  )

  test('are the top of the listing, once all their pages are read again', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.array(change, { maxLength: 40 }), (count, changes) => {
        const listing = new Listing(count)
        let known = startWith(first, listing.read(first))
        for (const { kind, room } of changes) {
          if (kind === 'comment') listing.comment(room)
          else if (kind === 'leave') listing.leave(room)
          else if (kind === 'more') known = readMore(known, listing)
          else known = readAgain(known, listing, room)
        }
        for (let index = 0; index < known.pages.length; index += 1)
          known = readAgain(known, listing, index)

        expect(ids(known.rooms)).toEqual(ids(listing.rooms).slice(0, known.rooms.length))
        if (known.next === undefined) expect(known.rooms).toHaveLength(listing.rooms.length)
      }),
    )
  })

  test('start again when more is new than a page holds', () => {
    const listing = new Listing(6)
    const known = readMore(startWith(first, listing.read(first)), listing)
    for (const room of [11, 12, 13, 14]) listing.comment(room)

    expect(ids(readAgain(known, listing, 0).rooms)).toEqual([14, 13, 12])
  })

  test('lose a room that was left, and say on which page another one is', () => {
    const listing = new Listing(6)
    const known = remove(readMore(startWith(first, listing.read(first)), listing), 5)

    expect(ids(known.rooms)).toEqual([6, 4, 3, 2, 1])
    expect(known.total).toBe(5)
    expect([0, 1, 2, 4].map((index) => findPage(known, index))).toEqual([0, 0, 1, 1])
  })
})
