import { beforeAll, expect } from '@jest/globals'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTable } from '../../commands/local/table.ts'
import { store } from '../../lib/deps.ts'
import type { ChatEvent, NamedParticipant } from '../../lib/domain/events.ts'
import type { RoomType } from '../../lib/domain/room-state.ts'
import type { InboxRow } from '../../lib/domain/inbox-row.ts'
import type { ListingRequest } from '../../lib/domain/listing.ts'
import { type Timestamp, timestampAt } from '../../lib/domain/time.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { leaveRoom } from '../../lib/store/leave-room.ts'
import { listRooms } from '../../lib/store/rows/list-rooms.ts'

/** Gives the test file its table in the engine. */
export const useTable = (): void => {
  beforeAll(async () => {
    await createTable(new DynamoDBClient(), store.tableName)
  })
}

export const never = new AbortController().signal

/** Every call gives ids and addresses that no other test of the file has. */
let last = 0
export const freshId = (): number => (last += 1)
export const freshEmail = (name = 'user'): string => `${name}-${freshId()}@example.com`

/** A moment in the past, so many seconds after a fixed one. */
export const at = (seconds: number): Timestamp => timestampAt(Date.UTC(2024, 0, 1) + seconds * 1000)

export const named = (email: string, over: Partial<NamedParticipant> = {}): NamedParticipant => ({
  id: 7,
  email,
  username: `name of ${email}`,
  avatar_url: `https://example.com/${email}.png`,
  ...over,
})

export const roomCreated = (
  room_id: number,
  room_type: RoomType,
  emails: string[],
  occurred_at: Timestamp = at(0),
): ChatEvent => ({
  type: 'room.created',
  occurred_at,
  room_id,
  room_type,
  room_name: `room ${room_id}`,
  room_avatar_url: '',
  participants: emails.map((email, index) => named(email, { id: index + 1 })),
})

export const posted = (
  room_id: number,
  comment_id: number,
  email: string,
  occurred_at: Timestamp,
  message = `comment ${comment_id}`,
): ChatEvent => ({ type: 'comment.posted', occurred_at, room_id, comment_id, email, message })

/** Applies events that are expected to succeed. */
export const apply = async (...events: ChatEvent[]): Promise<void> => {
  const { outcomes } = await applyEvents(store, events)
  expect(outcomes).toEqual(events.map(() => undefined))
}

/** All rows of a listing, in its order, by following its cursors. */
export const listAll = async (caller: string, type: RoomType): Promise<InboxRow[]> => {
  const rows: InboxRow[] = []
  let request: ListingRequest = { caller, type, page: 1, limit: 100 }
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

export const listedRoomIds = async (caller: string, type: RoomType): Promise<number[]> =>
  (await listAll(caller, type)).map(({ room_id }) => room_id)

export const leave = (caller: string, roomId: number): Promise<void> =>
  leaveRoom(store, { caller, roomId })
