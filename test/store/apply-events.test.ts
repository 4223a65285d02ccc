import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from '@jest/globals'
import { store } from '../../lib/deps.ts'
import { EventRefused } from '../../lib/domain/errors.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import type { RoomType } from '../../lib/domain/room-state.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { commentKey, type Key, participantKey, rowKey } from '../../lib/store/keys.ts'
import { recordEvent, type RoomEvent } from '../../lib/store/facts/record-event.ts'
import { type Call, noteCalls, unitsOf } from '../support/calls.ts'
import { failing, withFault, withUnprocessedKeys } from '../support/faults.ts'
import { putItems } from '../support/put-items.ts'
import { seedRooms } from '../support/seed.ts'
import {
  apply,
  at,
  freshEmail,
  freshId,
  leave,
  listAll,
  listedRoomIds,
  named,
  posted,
  roomCreated,
  useTable,
} from '../support/world.ts'

useTable()

const joined = (room_id: number, email: string, seconds: number): ChatEvent => ({
  type: 'participant.joined',
  occurred_at: at(seconds),
  room_id,
  participant: named(email),
})
const left = (room_id: number, email: string, seconds: number): ChatEvent => ({
  type: 'participant.left',
  occurred_at: at(seconds),
  room_id,
  email,
})
const read = (room_id: number, comment_id: number, email: string): ChatEvent => ({
  type: 'comment.read',
  occurred_at: at(900),
  room_id,
  comment_id,
  email,
})
const renamed = (email: string, username: string, seconds: number): ChatEvent => ({
  type: 'profile.updated',
  occurred_at: at(seconds),
  email,
  username,
  avatar_url: '',
})

const commentEvent = (
  type: 'comment.edited' | 'comment.deleted',
  room_id: number,
  seconds: number,
  more: object = {},
) => ({ type, occurred_at: at(seconds), room_id, comment_id: 1, ...more }) as ChatEvent

const itemOf = async (key: Key) => {
  const { Item } = await store.client.send(
    new GetCommand({ TableName: store.tableName, Key: key, ConsistentRead: true }),
  )
  return Item
}

const isOfComment = (input: Record<string, unknown>): boolean =>
  String((input['Key'] as Key | undefined)?.sk).startsWith('COMMENT#')

const people = (count: number): string[] => Array.from({ length: count }, () => freshEmail())

const rowOf = async (email: string, roomId: number, type: RoomType = 'single') =>
  (await listAll(email, type)).find(({ room_id }) => room_id === roomId)

describe('an unread count', () => {
  const unread = async (email: string, roomId: number) => (await rowOf(email, roomId))?.unread_count

  test("grows with the other one's comments, and not with one's own", async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other]))

    await apply(posted(roomId, 1, other, at(1)), posted(roomId, 2, other, at(2)))
    expect(await unread(me, roomId)).toBe(2)
    expect(await unread(other, roomId)).toBe(0)

    await apply(posted(roomId, 3, me, at(3)))
    expect(await unread(me, roomId)).toBe(0)
    expect(await unread(other, roomId)).toBe(1)
  })

  test('falls when it is read on another device, and never rises again by a late read', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(
      roomCreated(roomId, 'single', [me, other]),
      ...[1, 2, 3].map((id) => posted(roomId, id, other, at(id))),
    )

    await apply(read(roomId, 3, me))
    await apply(read(roomId, 1, me))

    expect(await unread(me, roomId)).toBe(0)
  })

  test('falls when an unread comment is deleted, even before it is known', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other]), posted(roomId, 1, other, at(1)))

    await apply({ type: 'comment.deleted', occurred_at: at(5), room_id: roomId, comment_id: 2 })
    await apply(posted(roomId, 2, other, at(2)))

    expect(await rowOf(me, roomId)).toMatchObject({ unread_count: 1, last_comment_id: 1 })
  })

  test('is exact up to 999, and stays there', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await seedRooms([
      { room_id: roomId, type: 'single', participants: [me, other], comments: 998, read: 0 },
    ])
    const later = (id: number) => posted(roomId, id, other, at(5000 + id))

    await apply(later(999))
    expect(await unread(me, roomId)).toBe(999)
    await apply(later(1000), later(1001))
    expect(await unread(me, roomId)).toBe(999)
    await apply(read(roomId, 3, me))
    expect(await unread(me, roomId)).toBe(998)
  })

  test('starts anew after leaving and joining again', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other]), posted(roomId, 1, other, at(1)))
    await apply(left(roomId, me, 5), posted(roomId, 2, other, at(6)))

    await apply(joined(roomId, me, 7), posted(roomId, 3, other, at(8)))

    expect(await unread(me, roomId)).toBe(1)
  })
})

describe('a profile', () => {
  const nameSeen = async (viewer: string, roomId: number) =>
    (await rowOf(viewer, roomId))?.room_name

  test.each([
    ['before joining', 5, 10],
    ['after joining', 20, 10],
  ])('renamed %s is shown newest', async (_, renamedAt, createdAt) => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    const rename = renamed(other, 'new name', renamedAt)
    const create = roomCreated(roomId, 'single', [me, other], at(createdAt))
    const newest = renamedAt > createdAt ? 'new name' : `name of ${other}`

    await apply(rename)
    await apply(create)
    expect(await nameSeen(me, roomId)).toBe(newest)

    await apply(create, rename)
    expect(await nameSeen(me, roomId)).toBe(newest)
  })

  test('renamed while joining is shown newest, whichever is first', async () => {
    for (let round = 0; round < 20; round += 1) {
      const [me, other] = people(2) as [string, string]
      const roomId = freshId()

      await Promise.all([
        apply(renamed(other, 'new name', 20)),
        apply(roomCreated(roomId, 'single', [me, other], at(10))),
      ])

      expect(await nameSeen(me, roomId)).toBe('new name')
    }
  })

  test('renamed after leaving is shown on coming back with an older name', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other]), left(roomId, other, 5))

    await apply(renamed(other, 'new name', 20))
    await apply(joined(roomId, other, 10))

    expect(await nameSeen(me, roomId)).toBe('new name')
  })

  test('reaches every personal room at once', async () => {
    const [me, ...others] = people(30) as [string, ...string[]]
    const roomIds = others.map(() => freshId())
    await apply(...roomIds.map((id, index) => roomCreated(id, 'single', [me, others[index]!])))

    await apply(renamed(me, 'new name', 50))

    expect(await Promise.all(roomIds.map((id, index) => nameSeen(others[index]!, id)))).toEqual(
      others.map(() => 'new name'),
    )
  })

  test('costs a group no projection', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'group', [me, other]))

    const calls = await noteCalls(() => apply(renamed(me, 'new', 50)))

    expect(calls.filter(({ command }) => command === 'PutItem')).toEqual([])
  })
})

describe('a creation that is repeated', () => {
  test('leaves unread comments unread, and does not move the room', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other], at(0)), posted(roomId, 1, other, at(1)))
    const before = await rowOf(me, roomId)

    await apply(roomCreated(roomId, 'single', [me, other], at(9)))

    expect(before!.unread_count).toBe(1)
    expect(await rowOf(me, roomId)).toEqual(before)
  })

  test('does not move a room without comments, whichever comes first', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()

    await apply(roomCreated(roomId, 'group', [me, other], at(9)))
    await apply(roomCreated(roomId, 'group', [me, other], at(3)))
    await apply(roomCreated(roomId, 'group', [me, other], at(6)))

    expect((await rowOf(me, roomId, 'group'))!.last_comment_timestamp).toBe(at(3))
  })

  test('brings back who left', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other], at(0)), left(roomId, me, 5))

    await apply(roomCreated(roomId, 'single', [me, other], at(9)))

    expect(await listedRoomIds(me, 'single')).toEqual([roomId])
  })

  test('has its people recorded a limited number of times', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()

    for (let second = 0; second < 20; second += 1)
      await apply(roomCreated(roomId, 'single', [me, other], at(second)))

    const { joinings } = (await itemOf(participantKey(roomId, me)))!
    expect((joinings as Set<string>).size).toBe(16)
  })
})

describe('events that were all known', () => {
  test.each(['single', 'group'] as const)('write no row of a %s room', async (type) => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    const events = [
      roomCreated(roomId, type, [me, other]),
      posted(roomId, 1, other, at(1)),
      joined(roomId, freshEmail(), 2),
      left(roomId, other, 3),
      renamed(me, 'new name', 4),
    ]
    if (type === 'single') events.splice(2, 1)
    await apply(...events)

    const calls = await noteCalls(() => apply(...events))

    const rowWrites = calls.filter(
      ({ command, error }) => /Put|Transact/.test(command) && error === undefined,
    )
    expect(rowWrites).toEqual([])
  })

  test('write the rows that an earlier attempt did not come to', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'group', [me, other]))
    const comment = posted(roomId, 1, other, at(1))
    await withFault(
      failing(1, 'QueryCommand', () => new Error('crash')),
      () => applyEvents(store, [comment]),
    )

    await apply(comment)

    expect(await rowOf(me, roomId, 'group')).toMatchObject({ unread_count: 1 })
  })
})

describe('a personal room', () => {
  const present = async (viewer: string, roomId: number) =>
    (await rowOf(viewer, roomId))!.participants!.map(({ email }) => email)

  test.each([1, 2])('takes no third one, in %d batches', async (batches) => {
    const [me, other, third] = people(3) as [string, string, string]
    const roomId = freshId()
    const events = [roomCreated(roomId, 'single', [me, other]), joined(roomId, third, 1)]

    const outcomes: (Error | undefined)[] = []
    for (const batch of batches === 1 ? [events] : events.map((event) => [event]))
      outcomes.push(...(await applyEvents(store, batch)).outcomes)

    expect(outcomes.map((outcome) => outcome?.name)).toEqual([undefined, 'EventRefused'])
    expect(await present(me, roomId)).toEqual([me, other])
    expect(await listedRoomIds(third, 'single')).toEqual([])
  })

  test('takes no third and fourth one by a second creation', async () => {
    const [me, other, third, fourth] = people(4) as [string, string, string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other]))

    const again = roomCreated(roomId, 'single', [third, fourth], at(1))
    const { outcomes } = await applyEvents(store, [again])

    expect(outcomes[0]!.message).toBe(
      `room ${roomId} is full: 2 are in it, 2 more would join, and a single room takes 2`,
    )
    expect(await present(me, roomId)).toEqual([me, other])
  })

  test('shows two where more joined before it was created, and lets each of them leave', async () => {
    const [me, other, ...crowd] = people(112) as [string, string, ...string[]]
    const roomId = freshId()
    await apply(...crowd.map((email) => joined(roomId, email, 1)))
    await apply(roomCreated(roomId, 'single', [me, other]))
    const before = await present(me, roomId)

    await leave(me, roomId)

    expect(before).toEqual([me, other])
    expect(await listedRoomIds(me, 'single')).toEqual([])
    expect((await present(other, roomId))[0]).toBe(other)
    expect(await present(other, roomId)).toHaveLength(2)
  })

  test('takes a row out of the list whose place an earlier joining has', async () => {
    const [me, other, third] = people(3) as [string, string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me]), joined(roomId, third, 5))
    const isListed = await listedRoomIds(third, 'single')

    await recordEvent(store, joined(roomId, other, 1) as RoomEvent)
    await apply(posted(roomId, 1, me, at(9)))

    expect(isListed).toEqual([roomId])
    expect(await listedRoomIds(third, 'single')).toEqual([])
    expect(await present(me, roomId)).toEqual([me, other])
  })

  test('takes in whom a leave in the same batch makes room for', async () => {
    const [me, other, third] = people(3) as [string, string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other]))

    await apply(joined(roomId, third, 6), left(roomId, other, 5))

    expect(await present(me, roomId)).toEqual([me, third])
  })
})

describe('what is gone stays nowhere in the table', () => {
  const text = 'a text that is deleted'
  const orders = [
    ['posted', 'edited', 'deleted'],
    ['posted', 'deleted', 'edited'],
    ['edited', 'posted', 'deleted'],
    ['edited', 'deleted', 'posted'],
    ['deleted', 'posted', 'edited'],
    ['deleted', 'edited', 'posted'],
  ] as const

  test.each(orders)('the text of a comment that is %s, %s and %s', async (...order) => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me, other]))
    const events = {
      posted: posted(roomId, 1, other, at(1), text),
      edited: commentEvent('comment.edited', roomId, 2, { message: `${text}, edited` }),
      deleted: commentEvent('comment.deleted', roomId, 3),
    }

    const calls = await noteCalls(async () => {
      for (const step of order) await apply(events[step])
      for (const step of order) await apply(events[step])
    })

    const stored = await itemOf(commentKey(roomId, 1))
    expect(JSON.stringify(stored)).not.toContain('a text')
    expect(stored).toMatchObject({ author: other, posted_at: at(1), deleted_at: at(3) })
    const updates = calls.filter(({ input }) => isOfComment(input))
    expect(updates).toHaveLength(6)
    expect(await rowOf(me, roomId)).toMatchObject({ last_comment_id: 0, unread_count: 0 })
  })

  test.each(['single', 'group'] as const)('what the row of a %s room showed', async (type) => {
    const [me, other] = people(2) as [string, string]
    const [told, called] = [freshId(), freshId()]
    for (const roomId of [told, called])
      await apply(roomCreated(roomId, type, [me, other]), posted(roomId, 1, other, at(1), text))

    await apply(left(told, me, 2))
    await leave(me, called)

    for (const roomId of [told, called]) {
      const tombstone = await itemOf(rowKey(me, roomId))
      expect(Object.keys(tombstone!).sort()).toEqual(['left_at', 'pk', 'revision', 'sk'])
    }
  })
})

test('a joining whose keys DynamoDB leaves unread for now is applied at once', async () => {
  const [me, late] = people(2) as [string, string]
  const roomId = freshId()
  await apply(roomCreated(roomId, 'group', [me]))

  await withUnprocessedKeys(2, () => apply(joined(roomId, late, 5)))

  expect(await listedRoomIds(late, 'group')).toEqual([roomId])
})

test('a comment above 20,000 deleted ones takes few calls', async () => {
  const [me, other] = people(2) as [string, string]
  const roomId = freshId()
  await apply(roomCreated(roomId, 'single', [me, other]), posted(roomId, 1, other, at(1)))
  const deleted = (id: number) => ({
    ...commentKey(roomId, id),
    author: other,
    message: '',
    posted_at: at(id),
    deleted_at: at(id + 1),
    removed_text: '',
  })
  await putItems(
    store,
    Array.from({ length: 20_000 }, (_, index) => deleted(index + 2)),
  )

  const calls = await noteCalls(() => apply(posted(roomId, 30_000, other, at(30_000))))

  expect(calls.length).toBeLessThanOrEqual(16)
  expect(await rowOf(me, roomId)).toMatchObject({ last_comment_id: 30_000, unread_count: 2 })
})

describe('a full room', () => {
  test.each([
    { type: 'single' as const, limit: 2 },
    { type: 'group' as const, limit: 1000 },
  ])('of type $type refuses one more than $limit, until somebody left', async ({ type, limit }) => {
    const members = people(limit)
    const late = freshEmail()
    const roomId = freshId()
    if (type === 'group') await seedRooms([{ room_id: roomId, type, participants: members }])
    else await apply(roomCreated(roomId, type, members))
    const join = joined(roomId, late, 5000)

    const [refusal] = (await applyEvents(store, [join])).outcomes
    await apply(left(roomId, members[0]!, 4000))
    await apply(join)

    expect(refusal).toBeInstanceOf(EventRefused)
    expect(refusal!.message).toBe(
      `room ${roomId} is full: ${limit} are in it, 1 more would join, and a ${type} room takes ${limit}`,
    )
    expect(await listedRoomIds(late, type)).toEqual([roomId])
  })

  test('has a joining that is over by now go by: it takes no place', async () => {
    const [me, other, third] = people(3) as [string, string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me]), left(roomId, other, 5))
    await apply(joined(roomId, third, 6))

    await apply(joined(roomId, other, 4))

    expect(await listedRoomIds(other, 'single')).toEqual([])
  })

  test('reads its participants once, however many join in a batch', async () => {
    const members = people(50)
    const roomId = freshId()
    await apply(roomCreated(roomId, 'group', [freshEmail()]))

    const calls = await noteCalls(() =>
      apply(...members.map((member, index) => joined(roomId, member, 5 + index))),
    )

    expect(calls.filter(({ command }) => command === 'Query').length).toBeLessThanOrEqual(5)
    expect(await listedRoomIds(members[49]!, 'group')).toEqual([roomId])
  })

  test('lets in again who is in it: a repeated event is no newcomer', async () => {
    const [me, other] = people(2) as [string, string]
    const roomId = freshId()
    await apply(roomCreated(roomId, 'single', [me]), joined(roomId, other, 5))

    await apply(joined(roomId, other, 5))
  })
})

test('a room is never of another type', async () => {
  const [me, other] = people(2) as [string, string]
  const roomId = freshId()
  await apply(roomCreated(roomId, 'group', [me, other]))

  const { outcomes } = await applyEvents(store, [roomCreated(roomId, 'single', [me, other])])

  expect(outcomes[0]).toMatchObject({
    name: 'EventRefused',
    message: `room ${roomId} is known as a group room: the type of a room never changes`,
  })
})

test('one event that fails holds no other one back', async () => {
  const [me, other] = people(2) as [string, string]
  const [full, fine] = [freshId(), freshId()]
  await apply(roomCreated(full, 'single', [me, other]))

  const { outcomes } = await applyEvents(store, [
    joined(full, freshEmail(), 5),
    posted(full, 1, other, at(1)),
    roomCreated(fine, 'group', [me]),
    renamed(other, 'new', 5),
  ])

  expect(outcomes.map((outcome) => outcome?.name)).toEqual([
    'EventRefused',
    undefined,
    undefined,
    undefined,
  ])
  expect(await rowOf(me, full)).toMatchObject({ last_comment_id: 1, room_name: 'new' })
  expect(await listedRoomIds(me, 'group')).toEqual([fine])
})

test('if a projection fails, every event of that room has failed, and none of another', async () => {
  const [me, other] = people(2) as [string, string]
  const [broken, fine] = [freshId(), freshId()]
  await apply(roomCreated(broken, 'single', [me, other]))
  await apply(roomCreated(fine, 'group', [me]))
  const events = [
    posted(broken, 1, other, at(1)),
    posted(fine, 1, me, at(1)),
    posted(broken, 2, other, at(2)),
  ]

  const { outcomes } = await withFault(
    failing(1, 'QueryCommand', () => new Error('crash')),
    () => applyEvents(store, [events[0]!, events[2]!]),
  )
  await apply(...events)

  expect(outcomes.map((outcome) => outcome?.message)).toEqual(['crash', 'crash'])
  expect(await rowOf(me, broken)).toMatchObject({ last_comment_id: 2, unread_count: 2 })
})

test('a leave that the chat backend tells does not come back to it, one through the API does', async () => {
  const [me, other] = people(2) as [string, string]
  const roomId = freshId()
  await apply(roomCreated(roomId, 'group', [me, other]))

  await leave(me, roomId)
  const calls = await noteCalls(() => apply(left(roomId, other, 5)))

  expect(JSON.stringify(calls.map(({ input }) => input['UpdateExpression']))).toContain(
    'REMOVE #left_through',
  )
})

describe('the price of a comment', () => {
  const price = async (type: RoomType, size: number, comments: number): Promise<Call[]> => {
    const members = people(size)
    const roomId = freshId()
    await seedRooms([{ room_id: roomId, type, participants: members, comments }])
    const comment = posted(roomId, comments + 1, members[1]!, at(50_000 + roomId), 'm'.repeat(40))
    return noteCalls(() => apply(comment))
  }

  test.each([
    ['young', 1],
    ['old', 1500],
  ])('in a %s room of two is at most 8 write units and 4 read units', async (_, comments) => {
    const { read, write } = unitsOf(await price('single', 2, comments))

    expect(write).toBeLessThanOrEqual(8)
    expect(read).toBeLessThanOrEqual(4)
  })

  test('in a group of 100 is 3n + 2 write units, and as many read units in an old room as in a young one', async () => {
    const young = unitsOf(await price('group', 100, 1))
    const old = unitsOf(await price('group', 100, 1500))

    expect(young.write).toBeLessThanOrEqual(302)
    expect(old.write).toBeLessThanOrEqual(302)
    expect(old.read).toBeLessThanOrEqual(young.read + 5)
  })

  test('in a group of 1,000 reaches all, and 100 in one batch cost one projection', async () => {
    const members = people(1000)
    const roomId = freshId()
    await seedRooms([{ room_id: roomId, type: 'group', participants: members }])
    const batch = Array.from({ length: 100 }, (_, index) =>
      posted(roomId, 10 + index, members[index]!, at(9000 + index)),
    )

    const one = await noteCalls(() => apply(posted(roomId, 5, members[1]!, at(8000))))
    const hundred = await noteCalls(() => apply(...batch))

    const puts = (calls: Call[]) => calls.filter(({ command }) => command === 'PutItem').length
    expect(puts(one)).toBe(1000)
    expect(puts(hundred)).toBe(1000)
    expect(unitsOf(one).write).toBeLessThanOrEqual(3002)
    expect(unitsOf(hundred).write).toBeLessThanOrEqual(3101)
    for (const member of [members[0]!, members[500]!, members[999]!])
      expect(await rowOf(member, roomId, 'group')).toMatchObject({ last_comment_id: 109 })
    console.info(
      `a comment in a group of 1,000: ${JSON.stringify(unitsOf(one))}, 100 of them in one batch: ${JSON.stringify(unitsOf(hundred))}`,
    )
  }, 20_000)
})
