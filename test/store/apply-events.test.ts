import { describe, expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import { EventRefused } from '../../lib/domain/errors.ts'
import type { ChatEvent, RoomEvent } from '../../lib/domain/events.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { commentKey, type Key, participantKey, roomKey, rowKey } from '../../lib/store/keys.ts'
import { recordEvent } from '../../lib/store/facts/record-event.ts'
import { type Call, countCommands, noteCalls, unitsOf } from '../support/calls.ts'
import {
  at,
  deleted,
  edited,
  joined,
  left,
  muted,
  posted,
  read,
  renamed,
  roomCreated,
} from '../support/events.ts'
import {
  failFirst,
  throttled,
  withFault,
  withStatementFault,
  withUnprocessedKeys,
} from '../support/faults.ts'
import {
  apply,
  createRoom,
  findRow,
  freshEmail,
  freshEmails,
  freshId,
  freshRoom,
  leave,
  listedRoomIds,
  readItem,
  shownParticipants,
  useTable,
} from '../support/inbox.ts'
import { intercept } from '../support/intercept.ts'
import { putItems } from '../support/put-items.ts'
import { membersOf } from '../support/members-of.ts'
import { seedRooms } from '../support/seed.ts'

useTable()

const isOfComment = (input: Record<string, unknown>): boolean =>
  String((input['Key'] as Key | undefined)?.sk).startsWith('COMMENT#')

describe('an unread count', () => {
  const unread = async (email: string, roomId: number) =>
    (await findRow(email, roomId))?.unread_count

  test("grows with the other person's comments and not with the viewer's own", async () => {
    const { me, other, roomId } = await createRoom('single')

    await apply(posted(roomId, 1, other, at(1)), posted(roomId, 2, other, at(2)))
    expect(await unread(me, roomId)).toBe(2)
    expect(await unread(other, roomId)).toBe(0)

    await apply(posted(roomId, 3, me, at(3)))
    expect(await unread(me, roomId)).toBe(0)
    expect(await unread(other, roomId)).toBe(1)
  })

  test('falls when the comments are read on another device, and a late read does not raise it', async () => {
    const { me, other, roomId } = freshRoom()
    await apply(
      roomCreated(roomId, 'single', [me, other]),
      ...[1, 2, 3].map((id) => posted(roomId, id, other, at(id))),
    )

    await apply(read(roomId, 3, me, at(900)))
    await apply(read(roomId, 1, me, at(900)))

    expect(await unread(me, roomId)).toBe(0)
  })

  test('does not count a deleted comment, even if its deletion arrives first', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(posted(roomId, 1, other, at(1)))

    await apply(deleted(roomId, 2, at(5)))
    await apply(posted(roomId, 2, other, at(2)))

    expect(await findRow(me, roomId)).toMatchObject({ unread_count: 1, last_comment_id: 1 })
  })

  test('is exact up to 999 and stays at 999 beyond', async () => {
    const { me, other, roomId } = freshRoom()
    await seedRooms([
      { room_id: roomId, type: 'single', participants: [me, other], comments: 998, read: 0 },
    ])
    const later = (id: number) => posted(roomId, id, other, at(5000 + id))

    await apply(later(999))
    expect(await unread(me, roomId)).toBe(999)
    await apply(later(1000), later(1001))
    expect(await unread(me, roomId)).toBe(999)
    await apply(read(roomId, 3, me, at(900)))
    expect(await unread(me, roomId)).toBe(998)
  })

  test('restarts when the viewer leaves and joins again', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(posted(roomId, 1, other, at(1)))
    await apply(left(roomId, me, at(5)), posted(roomId, 2, other, at(6)))

    await apply(joined(roomId, me, at(7)), posted(roomId, 3, other, at(8)))

    expect(await unread(me, roomId)).toBe(1)
  })
})

describe('a new name of a participant', () => {
  const nameSeen = async (viewer: string, roomId: number) =>
    (await findRow(viewer, roomId))?.room_name

  test.each([
    ['older than the join', 5, 10],
    ['newer than the join', 20, 10],
  ])('that is %s is shown only if it is the newest', async (_, renamedAt, createdAt) => {
    const { me, other, roomId } = freshRoom()
    const rename = renamed(other, 'new name', at(renamedAt))
    const create = roomCreated(roomId, 'single', [me, other], at(createdAt))
    const newest = renamedAt > createdAt ? 'new name' : `name of ${other}`

    await apply(rename)
    await apply(create)
    expect(await nameSeen(me, roomId)).toBe(newest)

    await apply(create, rename)
    expect(await nameSeen(me, roomId)).toBe(newest)
  })

  test('is shown when it is applied at the same moment as the join', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { me, other, roomId } = freshRoom()

      await Promise.all([
        apply(renamed(other, 'new name', at(20))),
        apply(roomCreated(roomId, 'single', [me, other], at(10))),
      ])

      expect(await nameSeen(me, roomId)).toBe('new name')
    }
  })

  test('that arrives after a leave is shown when the participant rejoins with an older name', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(left(roomId, other, at(5)))

    await apply(renamed(other, 'new name', at(20)))
    await apply(joined(roomId, other, at(10)))

    expect(await nameSeen(me, roomId)).toBe('new name')
  })

  test('appears in every personal room', async () => {
    const me = freshEmail()
    const rooms = freshEmails(29).map((other) => ({ other, roomId: freshId() }))
    await seedRooms(
      rooms.map(({ other, roomId }) => ({
        room_id: roomId,
        type: 'single',
        participants: [me, other],
        created_at: at(1),
      })),
    )

    await apply(renamed(me, 'new name', at(50)))

    for (const { other, roomId } of rooms) expect(await nameSeen(other, roomId)).toBe('new name')
  })

  test('writes no row of a group', async () => {
    const { me } = await createRoom('group')

    const calls = await noteCalls(() => apply(renamed(me, 'new', at(50))))

    expect(calls.filter(({ command }) => command === 'PutItem')).toEqual([])
  })
})

describe('a mute', () => {
  const isMuted = async (email: string, roomId: number) =>
    (await readItem(rowKey(email, roomId)))!['muted']

  test.each(['single', 'group'] as const)(
    "marks the participant's row in a %s room until it ends, and no other row",
    async (type) => {
      const { me, other, roomId } = await createRoom(type)

      await apply(muted(roomId, me, at(1)))
      expect(await isMuted(me, roomId)).toBe(true)
      expect(await isMuted(other, roomId)).toBeUndefined()

      await apply(muted(roomId, me, at(2), false))
      expect(await isMuted(me, roomId)).toBeUndefined()
    },
  )

  test('does not change what the contract shows of the room', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(posted(roomId, 1, other, at(1)))
    const before = await findRow(me, roomId)

    await apply(muted(roomId, me, at(2)))

    const additions = { ...before!.additions, muted: true }
    expect(await findRow(me, roomId)).toEqual({ ...before, additions })
  })

  test('stays when the row is written for a comment, and when the other participant leaves', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(muted(roomId, me, at(1)))

    await apply(posted(roomId, 1, other, at(2)))
    expect(await isMuted(me, roomId)).toBe(true)

    await leave(other, roomId)
    expect(await isMuted(me, roomId)).toBe(true)
  })

  test('that is older than the last one, or ends at the same time, changes nothing', async () => {
    const { me, roomId } = await createRoom('group')

    await apply(muted(roomId, me, at(5)))
    await apply(muted(roomId, me, at(4), false))
    await apply(muted(roomId, me, at(5), false))

    expect(await isMuted(me, roomId)).toBe(true)
  })

  test('holds from the join on if it arrives before', async () => {
    const { roomId } = await createRoom('group')
    const late = freshEmail()

    await apply(muted(roomId, late, at(1)))
    expect(await readItem(rowKey(late, roomId))).toBeUndefined()

    await apply(joined(roomId, late, at(2)))
    expect(await isMuted(late, roomId)).toBe(true)
  })

  test.each(['single', 'group'] as const)(
    'holds again after its participant left a %s room and came back',
    async (type) => {
      const { me, roomId } = await createRoom(type)
      await apply(muted(roomId, me, at(1)))

      await apply(left(roomId, me, at(2)))
      await apply(joined(roomId, me, at(3)))

      expect(await isMuted(me, roomId)).toBe(true)
    },
  )

  test('writes one row of a group', async () => {
    const { me, roomId } = await createRoom('group')

    const calls = await noteCalls(() => apply(muted(roomId, me, at(1))))

    const puts = calls.filter(({ command }) => /Put|Transact/.test(command))
    expect(puts.map(({ input }) => (input['Item'] as Key).pk)).toEqual([`USER#${me}`])
    expect(unitsOf(calls).write).toBe(4)
  })
})

describe('a repeated creation of a room', () => {
  test('keeps the unread count and the place of the room', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(posted(roomId, 1, other, at(1)))
    const before = await findRow(me, roomId)

    await apply(roomCreated(roomId, 'single', [me, other], at(9)))

    expect(before!.unread_count).toBe(1)
    expect(await findRow(me, roomId)).toEqual(before)
  })

  test('keeps a room without comments at its earliest creation, in any order', async () => {
    const { me, other, roomId } = freshRoom()

    await apply(roomCreated(roomId, 'group', [me, other], at(9)))
    await apply(roomCreated(roomId, 'group', [me, other], at(3)))
    await apply(roomCreated(roomId, 'group', [me, other], at(6)))

    expect((await findRow(me, roomId, 'group'))!.last_comment_timestamp).toBe(at(3))
  })

  test('brings back a participant who left before it', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(left(roomId, me, at(5)))

    await apply(roomCreated(roomId, 'single', [me, other], at(9)))

    expect(await listedRoomIds(me, 'single')).toEqual([roomId])
  })

  test('with somebody new writes each row at the first attempt, whether it is listed or new', async () => {
    const { me, other, roomId } = await createRoom('group')
    const people = [me, other, freshEmail()]

    const calls = await noteCalls(() => apply(roomCreated(roomId, 'group', people, at(9))))

    const transactions = calls.filter(({ command }) => command === 'TransactWriteItems')
    expect(transactions.map(({ error }) => error)).toEqual([undefined])
    expect(calls.map(({ command }) => command)).not.toContain('PutItem')
  })

  test('stores at most 16 joins of a participant', async () => {
    const { me, other, roomId } = freshRoom()

    for (let second = 0; second < 20; second += 1)
      await apply(roomCreated(roomId, 'single', [me, other], at(second)))

    const { joinings } = (await readItem(participantKey(roomId, me)))!
    expect((joinings as Set<string>).size).toBe(16)
  })
})

test.each(['single', 'group'] as const)(
  'the rows of a new %s room and of a rejoin are written at the first attempt',
  async (type) => {
    const { me, other, roomId } = freshRoom()

    const calls = await noteCalls(async () => {
      await apply(roomCreated(roomId, type, [me, other]))
      await apply(left(roomId, other, at(1)))
      await apply(joined(roomId, other, at(2)))
    })

    const rowWrites = calls.filter(({ command }) => /Put|Transact/.test(command))
    expect(rowWrites.map(({ error }) => error)).not.toContainEqual(expect.anything())
    expect(await listedRoomIds(other, type)).toEqual([roomId])
  },
)

describe('a read with an id that no comment has', () => {
  const unread = async (email: string, roomId: number) =>
    (await findRow(email, roomId))!.unread_count
  const tooHigh = Number.MAX_SAFE_INTEGER

  test('hides no comment that is posted more than 5 minutes later', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(posted(roomId, 1, other, at(1)), read(roomId, tooHigh, me, at(2)))

    await apply(posted(roomId, 2, other, at(303)))

    expect(await unread(me, roomId)).toBe(1)
    const shown = membersOf(await findRow(other, roomId)).find(({ email }) => email === me)
    expect(shown!.last_comment_read_id).toBe(1)
  })

  test('does not silence a room for somebody who joins later', async () => {
    const { me, other, roomId } = freshRoom()
    await apply(roomCreated(roomId, 'single', [other]), read(roomId, tooHigh, me, at(2)))

    await apply(joined(roomId, me, at(3)), posted(roomId, 1, other, at(400)))

    expect(await unread(me, roomId)).toBe(1)
  })

  test('does not hide that later comments were read', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(read(roomId, tooHigh, me, at(2)), posted(roomId, 1, other, at(400)))

    await apply(read(roomId, 1, me, at(401)))
    await apply(posted(roomId, 2, other, at(402)))

    expect(await unread(me, roomId)).toBe(1)
  })
})

test.each(['single', 'group'] as const)(
  'a comment of the same moment as a join is unread for who joins a %s room',
  async (type) => {
    const { me, other, roomId } = freshRoom()
    await apply(roomCreated(roomId, type, [other]), posted(roomId, 1, other, at(4)))

    await apply(posted(roomId, 2, other, at(5)), joined(roomId, me, at(5)))

    expect(await findRow(me, roomId, type)).toMatchObject({ unread_count: 1 })
  },
)

test('two users whose ids differ in case have a list each', async () => {
  const other = freshEmail()
  const [one, two] = [
    `uX7aB-${freshId()}`,
    `UX7Ab-${freshId()}`.replace(/\d+$/, String(freshId() - 1)),
  ]
  const roomId = freshId()

  await apply(roomCreated(roomId, 'single', [one, other]))

  expect(await listedRoomIds(one, 'single')).toEqual([roomId])
  expect(await listedRoomIds(two, 'single')).toEqual([])
})

test('20 nightly snapshots and a leave show the same, in whatever order the snapshots arrive', async () => {
  const day = 86_400
  const rows = []
  for (const isLate of [false, true]) {
    const { me, other, roomId } = freshRoom()
    const snapshots = Array.from({ length: 20 }, (_, night) =>
      roomCreated(roomId, 'group', [other, me], at(night * day)),
    )
    const ofReturn = snapshots.splice(11, 1)
    const others = [
      left(roomId, me, at(10 * day + 100)),
      ...[1, 2, 3].map((id) => posted(roomId, id, other, at(11 * day + 50 + id))),
    ]
    const events = isLate
      ? [...snapshots, ...others, ...ofReturn]
      : [...ofReturn, ...snapshots, ...others]
    for (const event of events) await apply(event)
    rows.push(await findRow(me, roomId, 'group'))
  }

  expect(rows).toMatchObject([{ unread_count: 3 }, { unread_count: 3 }])
})

describe('an event that changes no value but a time', () => {
  /** Without the update that fails because the type of the room is known: AWS charges one unit for it. */
  const writeUnits = async (event: ChatEvent): Promise<number> => {
    const calls = await noteCalls(() => apply(event))
    expect(calls.filter(({ command }) => /Put|Transact/.test(command))).toEqual([])
    return unitsOf(calls).write
  }

  test('writes this time and no row of a group, although somebody has read in between', async () => {
    const { me, other, roomId } = await createRoom('group')
    await apply(posted(roomId, 1, other, at(1)), edited(roomId, 1, 'edited', at(2)))
    await apply(muted(roomId, me, at(2)))
    await apply(read(roomId, 1, me, at(3)))
    const name = { type: 'room.updated' as const, room_id: roomId, room_name: `room ${roomId}` }

    expect(await writeUnits({ ...name, occurred_at: at(10) })).toBe(1)
    expect(await writeUnits(edited(roomId, 1, 'edited', at(10)))).toBe(1)
    expect(await writeUnits(muted(roomId, me, at(10)))).toBe(1)
    expect(await writeUnits(joined(roomId, me, at(10)))).toBe(1)
  })

  test('writes this time and no row of a personal room', async () => {
    const { me, other, roomId } = await createRoom('single')
    await apply(posted(roomId, 1, other, at(1)), read(roomId, 1, me, at(2)))

    expect(await writeUnits(roomCreated(roomId, 'single', [me, other], at(10)))).toBe(3)
    expect(await writeUnits(read(roomId, 1, me, at(11)))).toBe(1)
  })

  test('writes the times of 1,000 people of a group, and no row', async () => {
    const members = freshEmails(1000)
    const roomId = freshId()
    await seedRooms([{ room_id: roomId, type: 'group', participants: members }])
    await apply(roomCreated(roomId, 'group', members, at(100_000)))
    await apply(read(roomId, 1, members[7]!, at(100_001)))

    // One for each participant, and one for the room.
    expect(await writeUnits(roomCreated(roomId, 'group', members, at(200_000)))).toBe(1001)
  }, 30_000)

  test('writes the rows that an earlier event did not write', async () => {
    const { me, other, roomId } = await createRoom('group')
    await recordEvent(store, posted(roomId, 1, other, at(1)) as RoomEvent)

    await apply(roomCreated(roomId, 'group', [me, other], at(9)))

    expect(await findRow(me, roomId, 'group')).toMatchObject({ unread_count: 1 })
  })
})

describe('events that are applied again', () => {
  test.each(['single', 'group'] as const)(
    'write no row of a %s room if nothing is new',
    async (type) => {
      const { me, other, roomId } = freshRoom()
      const events = [
        roomCreated(roomId, type, [me, other]),
        posted(roomId, 1, other, at(1)),
        joined(roomId, freshEmail(), at(2)),
        left(roomId, other, at(3)),
        renamed(me, 'new name', at(4)),
      ]
      if (type === 'single') events.splice(2, 1)
      await apply(...events)

      const calls = await noteCalls(() => apply(...events))

      const rowWrites = calls.filter(
        ({ command, error }) => /Put|Transact/.test(command) && error === undefined,
      )
      expect(rowWrites).toEqual([])
    },
  )

  test('write nothing for a comment that arrived after its deletion', async () => {
    const { other, roomId } = await createRoom('single')
    const events = [
      deleted(roomId, 2, at(5)),
      posted(roomId, 2, other, at(2)),
      edited(roomId, 2, 'edited', at(3)),
    ]
    for (const event of events) await apply(event)

    const calls = await noteCalls(() => apply(...events))

    const writes = calls.filter(
      ({ command, error }) => /Put|Update|Transact/.test(command) && error === undefined,
    )
    expect(writes).toEqual([])
  })

  test('write the rows that a failed attempt did not write', async () => {
    const { me, other, roomId } = await createRoom('group')
    const comment = posted(roomId, 1, other, at(1))
    await withFault(
      failFirst(1, 'Query', () => new Error('crash')),
      () => applyEvents(store, [comment]),
    )

    await apply(comment)

    expect(await findRow(me, roomId, 'group')).toMatchObject({ unread_count: 1 })
  })
})

describe('a personal room', () => {
  test.each([1, 2])(
    'refuses a third participant, with the events in %d batches',
    async (batches) => {
      const { me, other, roomId } = freshRoom()
      const third = freshEmail()
      const events = [roomCreated(roomId, 'single', [me, other]), joined(roomId, third, at(1))]

      const outcomes: (Error | undefined)[] = []
      for (const batch of batches === 1 ? [events] : events.map((event) => [event]))
        outcomes.push(...(await applyEvents(store, batch)).outcomes)

      expect(outcomes.map((outcome) => outcome?.name)).toEqual([undefined, 'EventRefused'])
      expect(await shownParticipants(me, roomId)).toEqual([me, other])
      expect(await listedRoomIds(third, 'single')).toEqual([])
    },
  )

  test('refuses a second creation with two other participants', async () => {
    const { me, other, roomId } = await createRoom('single')

    const again = roomCreated(roomId, 'single', freshEmails(2), at(1))
    const { outcomes } = await applyEvents(store, [again])

    expect(outcomes[0]!.message).toBe(
      `room ${roomId} is full: 2 are in it, 2 more would join, and a single room takes 2`,
    )
    expect(await shownParticipants(me, roomId)).toEqual([me, other])
  })

  test('counts a person once whom a repeated creation names twice', async () => {
    const [me, other] = freshEmails(2)
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me!]))

    await apply(roomCreated(roomId, 'single', [me!, other!, other!.toUpperCase()], at(1)))

    expect(await shownParticipants(me!, roomId)).toEqual([me, other!.toUpperCase()])
  })

  test('shows two participants if more joined before its creation, and shows two again after a leave', async () => {
    const { me, other, roomId } = freshRoom()
    await apply(...freshEmails(110).map((email) => joined(roomId, email, at(1))))
    await apply(roomCreated(roomId, 'single', [me, other]))
    const before = await shownParticipants(me, roomId)

    await leave(me, roomId)

    expect(before).toEqual([me, other])
    expect(await listedRoomIds(me, 'single')).toEqual([])
    expect((await shownParticipants(other, roomId))[0]).toBe(other)
    expect(await shownParticipants(other, roomId)).toHaveLength(2)
  })

  test('unlists a participant if an earlier join arrives for the second place', async () => {
    const { me, other, roomId } = freshRoom()
    const third = freshEmail()
    await apply(roomCreated(roomId, 'single', [me]), joined(roomId, third, at(5)))
    const isListed = await listedRoomIds(third, 'single')

    await recordEvent(store, joined(roomId, other, at(1)))
    await apply(posted(roomId, 1, me, at(9)))

    expect(isListed).toEqual([roomId])
    expect(await listedRoomIds(third, 'single')).toEqual([])
    expect(await shownParticipants(me, roomId)).toEqual([me, other])
  })

  test('admits a participant if a leave in the same batch frees a place', async () => {
    const { me, other, roomId } = await createRoom('single')
    const third = freshEmail()

    await apply(joined(roomId, third, at(6)), left(roomId, other, at(5)))

    expect(await shownParticipants(me, roomId)).toEqual([me, third])
  })
})

describe('the table after a deletion or a leave', () => {
  const text = 'a text that is deleted'
  const orders = [
    ['posted', 'edited', 'deleted'],
    ['posted', 'deleted', 'edited'],
    ['edited', 'posted', 'deleted'],
    ['edited', 'deleted', 'posted'],
    ['deleted', 'posted', 'edited'],
    ['deleted', 'edited', 'posted'],
  ] as const

  test.each(orders)(
    'a deleted comment stores no text, with its events in the order %s, %s, %s',
    async (...order) => {
      const { me, other, roomId } = await createRoom('single')
      const events = {
        posted: posted(roomId, 1, other, at(1), text),
        edited: edited(roomId, 1, `${text}, edited`, at(2)),
        deleted: deleted(roomId, 1, at(3)),
      }

      const calls = await noteCalls(async () => {
        for (const step of order) await apply(events[step])
        for (const step of order) await apply(events[step])
      })

      const stored = await readItem(commentKey(roomId, 1))
      expect(JSON.stringify(stored)).not.toContain('a text')
      expect(stored).toMatchObject({ author: other, posted_at: at(1), deleted_at: at(3) })
      const updates = calls.filter(({ input }) => isOfComment(input))
      expect(updates).toHaveLength(6)
      expect(await findRow(me, roomId)).toMatchObject({ last_comment_id: 0, unread_count: 0 })
    },
  )

  test.each(['single', 'group'] as const)(
    'a row of a %s room that its viewer left stores none of its contents',
    async (type) => {
      const leftByEvent = await createRoom(type)
      const leftByCall = await createRoom(type)
      for (const { me, roomId, other } of [leftByEvent, leftByCall])
        await apply(posted(roomId, 1, other, at(1), text), muted(roomId, me, at(1)))

      await apply(left(leftByEvent.roomId, leftByEvent.me, at(2)))
      await leave(leftByCall.me, leftByCall.roomId)

      for (const { me, roomId } of [leftByEvent, leftByCall]) {
        const tombstone = await readItem(rowKey(me, roomId))
        expect(Object.keys(tombstone!).sort()).toEqual([
          'changed',
          'left_at',
          'pk',
          'revision',
          'sk',
        ])
      }
    },
  )
})

test('a join is applied at once if DynamoDB leaves some of its keys unprocessed at first', async () => {
  const { roomId } = await createRoom('group')
  const late = freshEmail()

  await withUnprocessedKeys(2, () => apply(joined(roomId, late, at(5))))

  expect(await listedRoomIds(late, 'group')).toEqual([roomId])
})

test('a comment above 5,000 deleted ones takes few calls', async () => {
  const { me, other, roomId } = await createRoom('single')
  await apply(posted(roomId, 1, other, at(1)))
  const deletedItem = (id: number) => ({
    ...commentKey(roomId, id),
    author: other,
    message: '',
    posted_at: at(id),
    deleted_at: at(id + 1),
    removed_text: '',
  })
  await putItems(
    store,
    Array.from({ length: 5000 }, (_, index) => deletedItem(index + 2)),
  )

  const calls = await noteCalls(() => apply(posted(roomId, 30_000, other, at(30_000))))

  expect(calls.length).toBeLessThanOrEqual(14)
  expect(await findRow(me, roomId)).toMatchObject({ last_comment_id: 30_000, unread_count: 2 })
})

describe('a full room', () => {
  test.each([1, 3])(
    'admits who joins after a member has left, with all events in %d batches',
    async (batches) => {
      const { me, other, roomId } = freshRoom()
      const third = freshEmail()
      const events = [
        roomCreated(roomId, 'single', [me, other]),
        left(roomId, other, at(1)),
        joined(roomId, third, at(2)),
      ]

      if (batches === 1) await apply(...events)
      else for (const event of events) await apply(event)

      expect(await shownParticipants(me, roomId)).toEqual([me, third])
    },
  )

  test.each([
    { type: 'single' as const, limit: 2 },
    { type: 'group' as const, limit: 1000 },
  ])(
    'of type $type refuses a join beyond $limit participants until one of them leaves',
    async ({ type, limit }) => {
      const members = freshEmails(limit)
      const late = freshEmail()
      const roomId = freshId()
      if (type === 'group') await seedRooms([{ room_id: roomId, type, participants: members }])
      else await apply(roomCreated(roomId, type, members))
      const join = joined(roomId, late, at(5000))

      const [refusal] = (await applyEvents(store, [join])).outcomes
      await apply(left(roomId, members[0]!, at(4000)))
      await apply(join)

      expect(refusal).toBeInstanceOf(EventRefused)
      expect(refusal!.message).toBe(
        `room ${roomId} is full: ${limit} are in it, 1 more would join, and a ${type} room takes ${limit}`,
      )
      expect(await listedRoomIds(late, type)).toEqual([roomId])
    },
  )

  test('does not refuse a join that is older than the participant’s leave', async () => {
    const { me, other, roomId } = freshRoom()
    const third = freshEmail()
    await apply(roomCreated(roomId, 'single', [me]), left(roomId, other, at(5)))
    await apply(joined(roomId, third, at(6)))

    await apply(joined(roomId, other, at(4)))

    expect(await listedRoomIds(other, 'single')).toEqual([])
  })

  test('is detected by one read of the participants for all joins of a batch', async () => {
    const members = freshEmails(50)
    const roomId = freshId()
    await apply(roomCreated(roomId, 'group', [freshEmail()]))

    const calls = await noteCalls(() =>
      apply(...members.map((member, index) => joined(roomId, member, at(5 + index)))),
    )

    expect(calls.filter(({ command }) => command === 'Query').length).toBeLessThanOrEqual(5)
    expect(await listedRoomIds(members[49]!, 'group')).toEqual([roomId])
  })

  test('refuses a join although the projection of its creation did not start', async () => {
    const { me, other, roomId } = freshRoom()
    await recordEvent(store, roomCreated(roomId, 'single', [me, other]))

    const { outcomes } = await applyEvents(store, [joined(roomId, freshEmail(), at(5))])

    expect(outcomes[0]).toBeInstanceOf(EventRefused)
  })

  test('accepts a repeated join of a participant who is present', async () => {
    const { me, other, roomId } = freshRoom()
    await apply(roomCreated(roomId, 'single', [me]), joined(roomId, other, at(5)))

    await apply(joined(roomId, other, at(5)))
  })
})

test('a creation with another room type is refused', async () => {
  const { me, other, roomId } = await createRoom('group')

  const { outcomes } = await applyEvents(store, [roomCreated(roomId, 'single', [me, other])])

  expect(outcomes[0]).toMatchObject({
    name: 'EventRefused',
    message: `room ${roomId} is known as a group room: the type of a room never changes`,
  })
})

test('the rows of all rooms of a batch are counted', async () => {
  const rooms = await Promise.all([1, 2, 3].map(() => createRoom('single')))
  const comments = rooms.map(({ other, roomId }) => posted(roomId, 1, other, at(1)))
  const names = rooms.map(({ me }) => renamed(me, 'new name', at(2)))

  const ofComments = await applyEvents(store, comments)
  const ofNames = await applyEvents(store, names)

  expect(ofComments.rowsWritten).toBe(6)
  expect(ofNames.rowsWritten).toBe(6)
})

test('an event that fails does not stop the other events of its batch', async () => {
  const { me, other, roomId: full } = await createRoom('single')
  const fine = freshId()

  const { outcomes } = await applyEvents(store, [
    joined(full, freshEmail(), at(5)),
    posted(full, 1, other, at(1)),
    roomCreated(fine, 'group', [me]),
    renamed(other, 'new', at(5)),
  ])

  expect(outcomes.map((outcome) => outcome?.name)).toEqual([
    'EventRefused',
    undefined,
    undefined,
    undefined,
  ])
  expect(await findRow(me, full)).toMatchObject({ last_comment_id: 1, room_name: 'new' })
  expect(await listedRoomIds(me, 'group')).toEqual([fine])
})

test('a failed projection fails every event of its room, and all succeed when they are applied again', async () => {
  const { me, other, roomId: broken } = await createRoom('single')
  const { roomId: fine } = await createRoom('group', { me })
  const events = [
    posted(broken, 1, other, at(1)),
    posted(fine, 1, me, at(1)),
    posted(broken, 2, other, at(2)),
  ]

  const { outcomes } = await withFault(
    failFirst(1, 'Query', () => new Error('crash')),
    () => applyEvents(store, [events[0]!, events[2]!]),
  )
  await apply(...events)

  expect(outcomes.map((outcome) => outcome?.message)).toEqual(['crash', 'crash'])
  expect(await findRow(me, broken)).toMatchObject({ last_comment_id: 2, unread_count: 2 })
})

test('a leave that the chat backend reports is not published back to it', async () => {
  const { me, other, roomId } = await createRoom('group')

  await leave(me, roomId)
  const calls = await noteCalls(() => apply(left(roomId, other, at(5))))

  expect(JSON.stringify(calls.map(({ input }) => input['UpdateExpression']))).toContain(
    'REMOVE #left_through',
  )
})

describe('the capacity that a comment consumes', () => {
  const postComment = async (type: RoomType, size: number, comments: number): Promise<Call[]> => {
    const members = freshEmails(size)
    const roomId = freshId()
    await seedRooms([{ room_id: roomId, type, participants: members, comments }])
    const comment = posted(roomId, comments + 1, members[1]!, at(50_000 + roomId), 'm'.repeat(40))
    return noteCalls(() => apply(comment))
  }

  test.each([1, 1500])(
    'is at most 8 write units and 4 read units in a personal room with %d comments',
    async (comments) => {
      const units = unitsOf(await postComment('single', 2, comments))

      expect(units.write).toBeLessThanOrEqual(8)
      expect(units.read).toBeLessThanOrEqual(4)
    },
  )

  test('is at most 42 read units if somebody has read none of 2,500 comments, which have names of authors', async () => {
    const { me, other, roomId } = freshRoom()
    await seedRooms([
      { room_id: roomId, type: 'single', participants: [me, other], comments: 2500, read: 0 },
    ])

    const calls = await noteCalls(() => apply(posted(roomId, 2501, other, at(50_000))))

    expect((await findRow(me, roomId))!.unread_count).toBe(999)
    expect(unitsOf(calls).read).toBeLessThanOrEqual(42)
    // Pages that grow find them in few calls.
    expect(calls.filter(({ command }) => command === 'Query').length).toBeLessThanOrEqual(8)
  })

  test('is at most 4 read units after a comment among 1,500 was deleted', async () => {
    const { me, other, roomId } = freshRoom()
    await seedRooms([
      { room_id: roomId, type: 'single', participants: [me, other], comments: 1500 },
    ])
    await apply(deleted(roomId, 1499, at(50_000)))

    const calls = await noteCalls(() => apply(posted(roomId, 1501, other, at(50_001))))

    expect(unitsOf(calls).read).toBeLessThanOrEqual(4)
  })

  test('is 302 write units in a group of 100, and the number of older comments adds no read units', async () => {
    const young = unitsOf(await postComment('group', 100, 1))
    const old = unitsOf(await postComment('group', 100, 1500))

    expect(young.write).toBeLessThanOrEqual(302)
    expect(old.write).toBeLessThanOrEqual(302)
    expect(old.read).toBeLessThanOrEqual(young.read + 5)
  })

  test('is 3,002 write units in a group of 1,000, and 100 comments in one batch write each row once', async () => {
    const members = freshEmails(1000)
    const roomId = freshId()
    await seedRooms([{ room_id: roomId, type: 'group', participants: members }])
    const batch = Array.from({ length: 100 }, (_, index) =>
      posted(roomId, 10 + index, members[index]!, at(9000 + index)),
    )

    const one = await noteCalls(() => apply(posted(roomId, 5, members[1]!, at(8000))))
    const hundred = await noteCalls(() => apply(...batch))

    expect(countCommands(one)).toMatchObject({ BatchExecuteStatement: 40 })
    expect(countCommands(hundred)).toMatchObject({ BatchExecuteStatement: 44 })
    expect(unitsOf(one).write).toBeLessThanOrEqual(3002)
    expect(unitsOf(hundred).write).toBeLessThanOrEqual(3101)
    for (const member of [members[0]!, members[500]!, members[999]!])
      expect(await findRow(member, roomId, 'group')).toMatchObject({ last_comment_id: 109 })
    console.info(
      `a comment in a group of 1,000: ${JSON.stringify(unitsOf(one))}, 100 of them in one batch: ${JSON.stringify(unitsOf(hundred))}`,
    )
  }, 20_000)
})

describe('only one row of a group of 100 is written after', () => {
  test.each([
    ['a read', (roomId: number, email: string) => read(roomId, 1, email, at(50_000))],
    ['a mute', (roomId: number, email: string) => muted(roomId, email, at(50_000))],
    ['a leave', (roomId: number, email: string) => left(roomId, email, at(50_000))],
    ['a join', (roomId: number) => joined(roomId, freshEmail(), at(50_000))],
  ])('%s', async (_, make) => {
    const members = freshEmails(100)
    const roomId = freshId()
    await seedRooms([
      { room_id: roomId, type: 'group', participants: members, comments: 2, read: 0 },
    ])

    const calls = await noteCalls(() => apply(make(roomId, members[7]!)))

    expect(unitsOf(calls).write).toBeLessThanOrEqual(12)
  })
})

describe('of the reads of one person in a batch', () => {
  test('only the one with the greatest id and the newest one are recorded', async () => {
    const { me, other, roomId } = await createRoom('group')
    await apply(...[1, 2, 3, 4].map((id) => posted(roomId, id, other, at(id))))
    const reads = [
      read(roomId, 2, me, at(12)),
      read(roomId, 4, me, at(13)),
      read(roomId, 1, me, at(11)),
      read(roomId, 3, me.toUpperCase(), at(14)),
    ]

    const calls = await noteCalls(() => apply(...reads))

    const isParticipant = ({ input }: Call) =>
      (input['Key'] as Key | undefined)?.sk === participantKey(roomId, me).sk
    const updates = calls.filter((call) => call.command === 'UpdateItem' && isParticipant(call))
    // The second update may find one of its two groups known, and then records the other with a third one.
    expect(updates.length).toBeLessThanOrEqual(3)
    expect(await readItem(participantKey(roomId, me))).toMatchObject({
      last_comment_read_id: 4,
      newest_read_id: 3,
    })
    expect(await findRow(me, roomId, 'group')).toMatchObject({ unread_count: 0 })
  })

  test('all fail if one that is recorded fails, and all succeed when they are applied again', async () => {
    const { me, other, roomId } = await createRoom('group')
    await apply(...[1, 2].map((id) => posted(roomId, id, other, at(id))))
    const reads = [read(roomId, 1, me, at(11)), read(roomId, 2, me, at(12))]
    const error = new Error('broken')

    const { outcomes } = await withFault(
      failFirst(1, 'UpdateItem', () => error),
      () => applyEvents(store, reads),
    )
    await apply(...reads)

    expect(outcomes).toEqual([error, error])
    expect(await findRow(me, roomId, 'group')).toMatchObject({ unread_count: 0 })
  })

  test.each([
    ['of another person', (other: string, roomId: number) => read(roomId, 2, other, at(11))],
    [
      'that are receipts',
      (_: string, roomId: number, me: string) => ({
        ...read(roomId, 2, me, at(11)),
        type: 'comment.received' as const,
      }),
    ],
  ])('those %s are not merged with them', async (_, make) => {
    const { me, other, roomId } = await createRoom('single')
    await apply(posted(roomId, 1, other, at(1)), posted(roomId, 2, me, at(2)))

    const { outcomes } = await applyEvents(store, [
      read(roomId, 1, me, at(11)),
      make(other, roomId, me),
    ])

    expect(outcomes).toEqual([undefined, undefined])
    expect(await readItem(participantKey(roomId, me))).toMatchObject({ last_comment_read_id: 1 })
  })
})

test('a room that DynamoDB throttles fails alone after its patience, and the others of its batch are applied', async () => {
  const rooms = Array.from({ length: 30 }, freshRoom)
  const [busy] = rooms as [(typeof rooms)[0]]
  await apply(...rooms.map(({ me, other, roomId }) => roomCreated(roomId, 'single', [me, other])))
  const events = rooms.map(({ roomId, other }) => posted(roomId, 1, other, at(1)))
  const signal = AbortSignal.timeout(20_000)
  const isOfBusyRoom = (values: unknown) =>
    JSON.stringify(values ?? {}).includes(`"${roomKey(busy.roomId).pk}"`)

  const { outcomes } = await withStatementFault(
    (_, parameters) => (isOfBusyRoom(parameters) ? 'ThrottlingError' : undefined),
    () =>
      intercept(
        ({ input, send }) => (isOfBusyRoom(input['Key']) ? Promise.reject(throttled()) : send()),
        () => applyEvents({ ...store, signal, patienceMs: 100 }, events),
        { step: 'finalizeRequest', priority: 'low' },
      ),
  )

  expect(outcomes.slice(1).filter(Boolean)).toEqual([])
  expect(outcomes[0]).toMatchObject({ code: 'unavailable' })
  expect(signal.aborted).toBe(false)
}, 30_000)

describe('what was received', () => {
  const received = (roomId: number, id: number, email: string) => ({
    ...read(roomId, id, email, at(20)),
    type: 'comment.received' as const,
  })

  test('in a group is not recorded, whatever else the batch has', async () => {
    const { me, other, roomId } = await createRoom('group')
    const before = await readItem(participantKey(roomId, me))

    await apply(received(roomId, 1, me), posted(roomId, 1, other, at(10)), received(roomId, 1, me))

    expect(await readItem(participantKey(roomId, me))).toEqual(before)
    expect(await findRow(me, roomId, 'group')).toMatchObject({ unread_count: 1 })
  })

  test('1,000 times in a group is one read', async () => {
    const { me, roomId } = await createRoom('group')
    const receipts = Array.from({ length: 1000 }, () => received(roomId, 1, me))

    const calls = await noteCalls(() => apply(...receipts))

    expect(calls.map(({ command }) => command)).toEqual(['GetItem'])
  })

  test('before the creation of a personal room is shown after it', async () => {
    const { me, other, roomId } = freshRoom()

    await apply(received(roomId, 1, other), posted(roomId, 1, me, at(10)))
    await apply(roomCreated(roomId, 'single', [me, other]))

    const shown = membersOf(await findRow(me, roomId))
    expect(shown.find(({ email }) => email === other)).toMatchObject({
      last_comment_received_id: 1,
    })
  })

  test('fails if the room cannot be read, and does not stop the other events of the room', async () => {
    const { me, other, roomId } = await createRoom('single')
    const error = new Error('broken')

    const { outcomes } = await withFault(
      failFirst(1, 'GetItem', () => error),
      () => applyEvents(store, [received(roomId, 1, me), posted(roomId, 1, other, at(10))]),
    )

    expect(outcomes).toEqual([error, undefined])
    expect(await findRow(me, roomId)).toMatchObject({ unread_count: 1 })
  })
})
