import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../../lib/deps.ts'
import type { ChatEvent, RoomImported, RoomEvent } from '../../../lib/domain/events.ts'
import { listFacts } from '../../../lib/store/facts/facts-of-event.ts'
import { recordEvent, recordFacts } from '../../../lib/store/facts/record-event.ts'
import { roomPartition } from '../../../lib/store/keys.ts'
import { intercept } from '../../support/intercept.ts'
import { readPartitions } from '../../support/read-partitions.ts'
import { countCommands, noteCalls, unitsOf } from '../../support/calls.ts'
import { at, joined, left, muted, read, renamed, roomCreated } from '../../support/events.ts'
import { apply, freshEmails, freshId, freshRoom, useTable } from '../../support/inbox.ts'
import { readPropertySettings } from '../../support/property.ts'

useTable()

describe('recording', () => {
  test('a creation takes one update for the room, and for each person one and a stub', async () => {
    const creation = roomCreated(freshId(), 'group', freshEmails(3))

    const calls = await noteCalls(() => recordEvent(store, creation))

    expect(countCommands(calls)).toEqual({ UpdateItem: 1 + 2 * 3, BatchGetItem: 1 })
  })

  test('a repeated creation reads the rows instead of writing stubs: each update finds what is known', async () => {
    const creation = roomCreated(freshId(), 'group', freshEmails(3))
    await recordEvent(store, creation)

    const calls = await noteCalls(async () => {
      expect(await recordEvent(store, creation)).toBe('repeated')
    })

    expect(countCommands(calls)).toEqual({ UpdateItem: 1 + 3, BatchGetItem: 2 })
  })

  test('a join takes 2 write units', async () => {
    const { me, other, roomId } = freshRoom()
    await apply(roomCreated(roomId, 'group', [other]))

    const calls = await noteCalls(() => recordEvent(store, joined(roomId, me, at(1))))

    expect(unitsOf(calls)).toEqual({ read: 1, write: 2 })
  })

  test('a join of somebody with a profile takes one more update, for the profile', async () => {
    const { me, other, roomId } = freshRoom()
    await apply(roomCreated(roomId, 'group', [other]), renamed(me, 'renamed', at(9)))

    const calls = await noteCalls(() => recordEvent(store, joined(roomId, me, at(1))))

    expect(countCommands(calls)).toEqual({ UpdateItem: 3, BatchGetItem: 1 })
  })
})

test('an event with the wrong type records nothing', async () => {
  const { me, other, roomId } = freshRoom()
  await recordEvent(store, roomCreated(roomId, 'group', [me]))
  const before = await readRoomItems(roomId)

  const recording = recordEvent(store, roomCreated(roomId, 'single', [me, other], at(-1)))

  await expect(recording).rejects.toThrow(`room ${roomId} is known as a group room`)
  expect(await readRoomItems(roomId)).toEqual(before)
})

test('an event records nothing more once the room has got the other type', async () => {
  const { me, other, roomId } = freshRoom()
  await recordEvent(store, {
    type: 'room.updated',
    occurred_at: at(9),
    room_id: roomId,
    room_name: 'newer',
  })
  let failures = 0
  let before: unknown
  const recording = intercept(
    async ({ send }) => {
      try {
        return await send()
      } catch (error) {
        // The name is known, so the first update fails. It has not seen a type.
        failures += 1
        if (failures === 1) {
          await recordEvent(store, roomCreated(roomId, 'group', [other], at(2)))
          before = await readRoomItems(roomId)
        }
        throw error
      }
    },
    () => recordEvent(store, roomCreated(roomId, 'single', [me, other], at(1))),
  )

  await expect(recording).rejects.toThrow(`room ${roomId} is known as a group room`)
  expect(await readRoomItems(roomId)).toEqual(before)
})

const person = 'somebody@example.com'
const second = fc.constantFrom(1, 2, 3).map(at)
const commentId = fc.constantFrom(1, 2)
const people = fc.subarray(['a@example.com', person, person.toUpperCase()])

/** What is said of one room and one person, with few values, so that many are known already. */
const roomEvents: fc.Arbitrary<ChatEvent>[] = [
  second.map((time) => joined(1, person, time)),
  second.map((time) => left(1, person, time)),
  commentId.map((id) => read(1, id, person, at(0))),
  fc.tuple(second, fc.boolean()).map(([time, isMuted]) => muted(1, person, time, isMuted)),
  fc.tuple(second, people).map(([time, emails]) => roomCreated(1, 'group', emails, time)),
  fc.tuple(second, commentId).map(([time, last_comment_read_id]) => ({
    ...imported,
    occurred_at: time,
    participants: [{ ...imported.participants[0]!, last_comment_read_id }],
  })),
]

const imported: RoomImported = {
  type: 'room.imported',
  occurred_at: at(0),
  room_id: 1,
  room_type: 'group',
  room_name: 'imported',
  room_avatar_url: 'https://example.com/room.png',
  created_at: at(0),
  viewer: person,
  unread_count: 1,
  last_comment: { comment_id: 2, message: 'hello', posted_at: at(1) },
  participants: [
    {
      id: 3,
      email: person,
      username: 'imported',
      avatar_url: '',
      last_comment_read_id: 0,
      last_comment_received_id: 0,
    },
  ],
}

const { parameters, testLimitMs } = readPropertySettings(40)

test(
  'facts that are recorded together leave the items that they leave one by one',
  async () => {
    const events = fc.array(fc.oneof(...roomEvents), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(events, async (log) => {
        const [together, oneByOne] = [freshId(), freshId()]

        for (const event of log as RoomEvent[]) {
          await recordEvent(store, { ...event, room_id: together })
          for (const fact of listFacts({ ...event, room_id: oneByOne }))
            await recordFacts(store, [fact])
        }

        expect(await readContent(together)).toEqual(await readContent(oneByOne))
      }),
      parameters,
    )
  },
  testLimitMs,
)

const readRoomItems = (roomId: number) => readPartitions(store, [roomPartition(roomId).pk])

/** Reads the items of a room without their partition key. */
const readContent = async (roomId: number) =>
  (await readRoomItems(roomId)).map((item) => ({ ...item, pk: undefined }))
