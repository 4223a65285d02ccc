import { store } from '../../lib/deps.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { type RoomType, roomTypes } from '../../lib/domain/room-type.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { encodeCursor } from '../../lib/store/rows/cursor.ts'
import { leaveRoom } from '../../lib/store/leave-room.ts'
import { listRooms } from '../../lib/store/rows/list-rooms.ts'
import { noteCalls, unitsOf } from '../support/calls.ts'
import { putItems } from '../support/put-items.ts'
import { at, factsOf, firstOf, listingOf, roomOf } from './fixtures.ts'

/** The cost of one operation for a user with a given number of rooms of each type. */
export interface Cost {
  operation: string
  rooms: number
  calls: Record<string, number>
  readUnits: number
  writeUnits: number
  /** Bytes sent to the table and received from it. */
  bytes: number
}

/** The numbers of people in the rooms that get a comment. */
export interface Sizes {
  roomsOfAUser: number[]
  people: number[]
}

const page = 20
/** The last room that page numbers reach. */
const reach = 2000
/** The numbers of rooms with which a list of unread rooms is measured. */
const roomsWithUnread = [10, 100, reach]

export const comment = (people: number): string => `comment in a room of ${people}`

/** Seeds users with increasing numbers of rooms, and records what each operation consumes. */
export const measureData = async (sizes: Sizes): Promise<Cost[]> => {
  let firstRoom = 1_000_000
  const costs: Cost[] = []
  for (const rooms of sizes.roomsOfAUser) {
    const email = `user-of-${rooms}@example.com`
    const note = async (operation: string, work: () => Promise<unknown>): Promise<void> => {
      costs.push({ operation, rooms, ...(await costOf(work)) })
    }
    for (const type of roomTypes) await putItems(store, listingOf(email, type, rooms, firstRoom))
    for (const list of lists) await notePages(note, { email, list, rooms, firstRoom })
    for (const type of roomTypes)
      await noteLeave(note, { email, type, roomId: firstOf(type, firstRoom) })
    firstRoom += 2 * rooms
    for (const people of sizes.people) {
      await noteComment(note, { email, people, roomId: firstRoom })
      firstRoom += 1
    }
  }
  for (const type of roomTypes)
    for (const rooms of roomsWithUnread) {
      const caller = `unread-in-${rooms}@example.com`
      await putItems(store, listingOf(caller, type, rooms, firstRoom))
      firstRoom += 2 * rooms
      const filter = { unread: true } as const
      const request = { caller, types: [type], filter, limit: 1, page: 1 }
      const cost = await costOf(() => listRooms(store, request))
      costs.push({ operation: `unread rooms, ${kind[type]}`, rooms, ...cost })
    }
  return costs
}

type Note = (operation: string, work: () => Promise<unknown>) => Promise<void>

const kind: Record<RoomType, string> = { single: 'personal', group: 'group' }

/** The lists that have pages, with their names in a cursor. */
const lists: { name: string; inCursor: string; types: RoomType[] }[] = [
  ...roomTypes.map((type) => ({ name: kind[type], inCursor: type, types: [type] })),
  { name: 'all', inCursor: 'all', types: [...roomTypes] },
]

const notePages = async (
  note: Note,
  user: { email: string; list: (typeof lists)[number]; rooms: number; firstRoom: number },
): Promise<void> => {
  const { email, list, rooms, firstRoom } = user
  const { name, inCursor, types } = list
  const request = { caller: email, types, filter: {}, limit: page, page: 1 }
  await note(`first page of ${page}, ${name}`, () => listRooms(store, request))
  // The smallest listing has 10 rooms. Pages of equal length show whether the cost grows.
  await note(`first page of 10, ${name}`, () => listRooms(store, { ...request, limit: 10 }))
  const last = Math.max(1, Math.min(rooms * types.length, reach) / page)
  await note(`deepest page by number, ${name}`, () =>
    listRooms(store, { ...request, page: Math.floor(last) }),
  )
  // Rooms with lower ids are older. The last ten rooms of the list follow this place.
  const roomId = firstRoom + 20 / types.length
  const after = { timestamp: at(roomId + 1), commentId: 1, roomId }
  const cursor = encodeCursor(inCursor, { page: 2, after })
  await note(`last 10 behind a cursor, ${name}`, () =>
    listRooms(store, { ...request, limit: 10, cursor }),
  )
}

const noteLeave = async (
  note: Note,
  { email, type, roomId }: { email: string; type: RoomType; roomId: number },
): Promise<void> => {
  await putItems(store, roomOf(factsOf(roomId, type, [email, 'second@example.com'])))
  await note(`leave, ${kind[type]}`, () => leaveRoom(store, { caller: email, roomId }))
}

const noteComment = async (
  note: Note,
  { email, people, roomId }: { email: string; people: number; roomId: number },
): Promise<void> => {
  const others = Array.from({ length: people - 1 }, (_, index) => `member-${index}@example.com`)
  const author = others[0]!
  await putItems(
    store,
    roomOf(factsOf(roomId, people === 2 ? 'single' : 'group', [email, ...others])),
  )
  const posted: ChatEvent = {
    type: 'comment.posted',
    occurred_at: at(roomId + 2),
    room_id: roomId,
    comment_id: 2,
    email: author,
    message: 'Another message of just as many bytes: 40',
  }
  await note(comment(people), async () => {
    const { outcomes } = await applyEvents(store, [posted])
    if (outcomes[0]) throw outcomes[0]
  })
}

const costOf = async (
  work: () => Promise<unknown>,
): Promise<Pick<Cost, 'calls' | 'readUnits' | 'writeUnits' | 'bytes'>> => {
  let bytes = 0
  const calls = await noteCalls(async () => {
    const stop = countBytes((count) => (bytes += count))
    await work().finally(stop)
  })
  const { read, write } = unitsOf(calls)
  const byCommand = Object.groupBy(calls, ({ command }) => command)
  return {
    calls: Object.fromEntries(
      Object.entries(byCommand).map(([command, some = []]) => [command, some.length]),
    ),
    readUnits: read,
    writeUnits: write,
    bytes,
  }
}

/** Counts the bodies that the client sends and gets, the capacity figures among them. */
const countBytes = (count: (bytes: number) => void): (() => void) => {
  const { middlewareStack } = store.client
  const name = 'countBytes'
  middlewareStack.add(
    (next) => async (args) => {
      const { body } = args.request as { body?: string }
      const response = await next(args)
      const { headers } = response.response as { headers: Record<string, string> }
      count(Buffer.byteLength(body ?? '') + Number(headers['content-length'] ?? 0))
      return response
    },
    { name, step: 'deserialize', priority: 'low' },
  )
  return () => {
    middlewareStack.remove(name)
  }
}
