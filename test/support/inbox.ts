import { beforeAll, expect } from '@jest/globals'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { createTable } from '../../commands/local/table.ts'
import { store } from '../../lib/deps.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import type { InboxRow } from '../../lib/domain/project-row.ts'
import type { Listing, ListingRequest } from '../../lib/domain/listing.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import type { Key } from '../../lib/store/keys.ts'
import { leaveRoom } from '../../lib/store/leave-room.ts'
import { listRooms } from '../../lib/store/rows/list-rooms.ts'
import { membersOf } from './members-of.ts'
import { roomCreated } from './events.ts'

/** Creates the table of the test file in the engine. */
export const useTable = (): void => {
  beforeAll(async () => {
    await createTable(new DynamoDBClient(), store.tableName)
  })
}

let lastId = 0

/** An id that no other test of the file has. */
export const freshId = (): number => (lastId += 1)

/** An address that no other test of the file has. */
export const freshEmail = (name = 'user'): string => `${name}-${freshId()}@example.com`

export const freshEmails = (count: number): string[] =>
  Array.from({ length: count }, () => freshEmail())

/** Two people and the id of a room. Nothing is written. */
export const freshRoom = () => ({ me: freshEmail(), other: freshEmail(), roomId: freshId() })

/**
 * Creates a room of two people.
 * @param people who they are; new people if left out
 */
export const createRoom = async (
  type: RoomType,
  people: { me?: string; other?: string } = {},
): Promise<ReturnType<typeof freshRoom>> => {
  const room = { ...freshRoom(), ...people }
  await apply(roomCreated(room.roomId, type, [room.me, room.other]))
  return room
}

/** Applies events and expects that each succeeds. */
export const apply = async (...events: ChatEvent[]): Promise<void> => {
  const { outcomes } = await applyEvents(store, events)
  expect(outcomes).toEqual(events.map(() => undefined))
}

export const leave = (caller: string, roomId: number): Promise<void> =>
  leaveRoom(store, { caller, roomId })

/** Reads all rows of a listing by its cursors, and expects that their number is the total. */
export const listAll = async (caller: string, type: RoomType): Promise<InboxRow[]> => {
  const rows: InboxRow[] = []
  let request: ListingRequest = { caller, types: [type], filter: {}, page: 1, limit: 100 }
  for (;;) {
    const { rows: more, next, total } = await listRooms(store, request)
    rows.push(...more)
    if (next === undefined) {
      expect(total).toBe(rows.length)
      return rows
    }
    request = { ...request, cursor: next }
  }
}

/**
 * Reads all rows of a list of unread rooms, two at a time, by cursor and by page number. It expects the same
 * from both, and that every page has the number of the rows and the sum of their unread counts.
 */
export const listUnread = async (caller: string, type: RoomType): Promise<InboxRow[]> => {
  const first: ListingRequest = {
    caller,
    types: [type],
    filter: { unread: true },
    page: 1,
    limit: 2,
  }
  const pages: Listing[] = []
  for (let request: ListingRequest | undefined = first; request !== undefined;) {
    const page: Listing = await listRooms(store, request)
    expect(await listRooms(store, { ...first, page: pages.length + 1 })).toEqual(page)
    pages.push(page)
    request = page.next === undefined ? undefined : { ...first, cursor: page.next }
  }
  const rows = pages.flatMap((page) => page.rows)
  const unreadComments = rows.reduce((sum, { unread_count }) => sum + unread_count, 0)
  for (const page of pages) expect(page).toMatchObject({ total: rows.length, unreadComments })
  return rows
}

export const listedRoomIds = async (caller: string, type: RoomType): Promise<number[]> =>
  (await listAll(caller, type)).map(({ room_id }) => room_id)

/** @returns the row of a room in its viewer's listing */
export const findRow = async (
  viewer: string,
  roomId: number,
  type: RoomType = 'single',
): Promise<InboxRow | undefined> =>
  (await listAll(viewer, type)).find(({ room_id }) => room_id === roomId)

/** @returns the addresses that the row of a personal room shows */
export const shownParticipants = async (viewer: string, roomId: number): Promise<string[]> =>
  membersOf(await findRow(viewer, roomId)).map(({ email }) => email)

/** Reads an item of the table as it is stored. */
export const readItem = async (key: Key): Promise<Record<string, unknown> | undefined> => {
  const { Item } = await store.client.send(
    new GetCommand({ TableName: store.tableName, Key: key, ConsistentRead: true }),
  )
  return Item
}
