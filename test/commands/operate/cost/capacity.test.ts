import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as capacity from '../../../../commands/operate/cost/capacity.ts'
import { store } from '../../../../lib/deps.ts'
import type { ChatEvent } from '../../../../lib/domain/events.ts'
import { type RoomType, roomTypes } from '../../../../lib/domain/room-type.ts'
import { listChanges } from '../../../../lib/store/rows/list-changes.ts'
import { countUnread } from '../../../../lib/store/count-unread.ts'
import { listRooms } from '../../../../lib/store/rows/list-rooms.ts'
import { noteCalls, unitsOf } from '../../../support/calls.ts'
import { seedRooms } from '../../../support/seed.ts'
import { at, posted } from '../../../support/events.ts'
import { apply, freshEmail, freshId, leave, useTable } from '../../../support/inbox.ts'

useTable()

const people = (count: number): string[] => Array.from({ length: count }, () => freshEmail())

const measured = async (work: () => Promise<unknown>): Promise<capacity.Capacity> => {
  const { read, write } = unitsOf(await noteCalls(work))
  return { readUnits: read, writeUnits: write }
}

const room = async (type: RoomType, size: number, comments = 100) => {
  const members = people(size)
  const roomId = freshId()
  await seedRooms([{ room_id: roomId, type, participants: members, comments }])
  return { roomId, members: members as [string, string, ...string[]] }
}

test.each([
  { name: 'pageOfPersonalRooms', type: 'single' },
  { name: 'pageOfGroups', type: 'group' },
] as const)('$name is as measured', async ({ name, type }) => {
  const [me, other] = people(2) as [string, string]
  await seedRooms(
    Array.from({ length: 30 }, () => ({ room_id: freshId(), type, participants: [me, other] })),
  )

  const request = { caller: me, types: [type], filter: {}, page: 1, limit: 20 }
  expect(await measured(() => listRooms(store, request))).toEqual(capacity[name])
})

describe('of somebody with 50 personal rooms and 50 groups', () => {
  const me = freshEmail()
  beforeAll(async () => {
    for (const type of ['single', 'group'] as const)
      await seedRooms(
        Array.from({ length: 50 }, () => ({
          room_id: freshId(),
          type,
          participants: [me, 'b@example.com'],
        })),
        me,
      )
  })

  test('a page of all rooms is as measured', async () => {
    const request = { caller: me, types: roomTypes, filter: {}, page: 1, limit: 20 }

    expect(await measured(() => listRooms(store, request))).toEqual(capacity.pageOfAllRooms)
  })

  test('what has changed is as measured', async () => {
    const request = { caller: me, types: roomTypes, filter: {}, page: 1, limit: 1 }
    const { syncToken } = await listRooms(store, request)

    const units = await measured(() => listChanges(store, { caller: me, since: syncToken! }))

    expect(units).toEqual(capacity.changesOf100Rooms)
  })

  test('a badge is as measured', async () => {
    expect(await measured(() => countUnread(store, me))).toEqual(capacity.badgeOf100Rooms)
  })
})

test.each([
  { name: 'leaveOfPersonalRoom', type: 'single' },
  { name: 'leaveOfGroup', type: 'group' },
] as const)('$name is as measured', async ({ name, type }) => {
  const { roomId, members } = await room(type, 2)

  expect(await measured(() => leave(members[0], roomId))).toEqual(capacity[name])
})

const comment = (roomId: number, author: string): ChatEvent =>
  posted(roomId, 101, author, at(90_000), 'm'.repeat(40))

test('commentInPersonalRoom is as measured', async () => {
  const { roomId, members } = await room('single', 2)

  expect(await measured(() => apply(comment(roomId, members[1])))).toEqual(
    capacity.commentInPersonalRoom,
  )
})

test('a personal room of one comment costs a read unit less, as docs/benchmarks.md shows', async () => {
  const page = readFileSync(new URL('../../../../docs/benchmarks.md', import.meta.url), 'utf8')
  const left = await room('single', 2, 1)
  const written = await room('single', 2, 1)
  const second = posted(written.roomId, 2, written.members[1], at(90_000), 'm'.repeat(40))

  const leaving = await measured(() => leave(left.members[0], left.roomId))
  const commenting = await measured(() => apply(second))

  expect(leaving.readUnits).toBe(capacity.leaveOfPersonalRoom.readUnits - 1)
  expect(commenting.readUnits).toBe(capacity.commentInPersonalRoom.readUnits - 1)
  expect(page).toMatch(unitsIn('leave, personal', leaving))
  expect(page).toMatch(unitsIn('comment in a room of 2', commenting))
})

/** Matches a row of the table of operations. */
const unitsIn = (name: string, { readUnits, writeUnits }: capacity.Capacity): RegExp =>
  new RegExp(`\\| ${name} .*\\| ${readUnits} read, ${writeUnits} write at each`)

test.each([5, 20, 100])('commentInGroup(%d) is as measured', async (size) => {
  const { roomId, members } = await room('group', size)

  const { readUnits, writeUnits } = await measured(() => apply(comment(roomId, members[1])))

  expect(readUnits).toBeLessThanOrEqual(capacity.commentInGroup(size).readUnits)
  expect(writeUnits).toBe(capacity.commentInGroup(size).writeUnits)
})

test.each([
  { name: 'readInPersonalRoom', type: 'single' },
  { name: 'readInGroup', type: 'group' },
] as const)('$name is as measured', async ({ name, type }) => {
  const { roomId, members } = await room(type, 2)
  const read: ChatEvent = {
    type: 'comment.read',
    occurred_at: at(90_000),
    room_id: roomId,
    comment_id: 100,
    email: members[0],
  }

  expect(await measured(() => apply(read))).toEqual(capacity[name])
})
