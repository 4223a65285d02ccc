import { describe, expect, jest, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { DynamoDBRecord } from 'aws-lambda'
import fc from 'fast-check'
import { publishedSchemas } from '../../commands/contract/event-schemas.ts'
import { store } from '../../lib/deps.ts'
import { roomTypes } from '../../lib/domain/room-type.ts'
import { rowKey } from '../../lib/store/keys.ts'
import { leaveRoom } from '../../lib/store/leave-room.ts'
import { eraseUsers } from '../../lib/store/maintenance/erase-users.ts'
import { rebuildRoom } from '../../lib/store/maintenance/rebuild-room.ts'
import { countUnread } from '../../lib/store/count-unread.ts'
import { listRooms } from '../../lib/store/rows/list-rooms.ts'
import type { BusEvent } from '../support/bus.ts'
import { byPlace, makeDeliveryTasks } from '../support/deliver.ts'
import { eventLog, nameLog } from '../support/event-log.ts'
import { listGranted } from '../support/granted-permissions.ts'
import {
  at,
  edited,
  flagged,
  inAMinute,
  joined,
  muted,
  posted,
  read,
  roomCreated,
} from '../support/events.ts'
import { apply, createRoom, freshEmails, freshId, useTable } from '../support/inbox.ts'
import { intercept } from '../support/intercept.ts'
import { putItems } from '../support/put-items.ts'
import { readPropertySettings } from '../support/property.ts'
import { usePublisher } from '../support/publisher.ts'
import { quietErrors } from '../support/quiet-errors.ts'

useTable()
const log = quietErrors()
const logged = () => log.mock.calls.map(([line]) => JSON.parse(String(line)) as object)
const { bus, listNeeded, readStream, deliver, publishedBy } = usePublisher({
  changes: true,
  badges: true,
})

const isValid = new Ajv2020({ validateFormats: false }).compile({
  ...publishedSchemas['inbox.changed'],
  additionalProperties: false,
})

/** The details of the events, without what differs from run to run. */
const detailsOf = (events: BusEvent[]) =>
  events.map(({ source, 'detail-type': type, detail }) => {
    expect([source, type]).toEqual(['chat-inbox', 'inbox.changed'])
    isValid(detail)
    expect(isValid.errors).toBeNull()
    const { occurred_at, sequence, ...others } = detail
    return others
  })

/** The changes of one user. */
const ofUser = (email: string, events: BusEvent[]) =>
  detailsOf(events).filter((detail) => detail['email'] === email)

describe('inbox.changed is published', () => {
  test('for each person of a room with a new comment, with the unread count and the badge', async () => {
    const { me, other, roomId } = await createRoom('single')
    const second = await createRoom('group', { me })
    await apply(posted(second.roomId, 1, second.other, at(1)))

    const events = await publishedBy(() => apply(posted(roomId, 1, other, at(2))))

    const row = { room_id: roomId, removed: false, muted: false }
    expect(ofUser(me, events)).toEqual([
      { email: me, ...row, unread_count: 1, unread_rooms: 2, unread_comments: 2 },
    ])
    expect(ofUser(other, events)).toEqual([
      { email: other, ...row, unread_count: 0, unread_rooms: 0, unread_comments: 0 },
    ])
  })

  test('once for a room that changed several times, as it is in the end', async () => {
    const { me, other, roomId } = await createRoom('single')

    const events = await publishedBy(async () => {
      await apply(posted(roomId, 1, other, at(1)))
      await apply(posted(roomId, 2, other, at(2)))
      await apply(read(roomId, 1, me, at(3)))
    })

    expect(ofUser(me, events)).toMatchObject([{ room_id: roomId, unread_count: 1 }])
  })

  test('for a room that changed and is as before in the end, because an earlier delivery may have published more', async () => {
    const { me, roomId } = await createRoom('group')

    const events = await publishedBy(async () => {
      await apply(muted(roomId, me, at(1)))
      await apply(muted(roomId, me, at(2), false))
    })

    expect(ofUser(me, events)).toMatchObject([{ room_id: roomId, muted: false }])
  })

  test.each([
    ['a read', (roomId: number, me: string) => read(roomId, 1, me, at(2)), { unread_count: 0 }],
    ['a mute', (roomId: number, me: string) => muted(roomId, me, at(2)), { muted: true }],
    [
      'an archive',
      (roomId: number, me: string) => flagged('archived', roomId, me, at(2)),
      { unread_count: 1, unread_rooms: 0 },
    ],
    [
      'a mark as unread',
      (roomId: number, me: string) => flagged('marked_unread', roomId, me, at(2)),
      { unread_rooms: 1, unread_comments: 1 },
    ],
    ['an edit', (roomId: number) => edited(roomId, 1, 'new', at(2)), { unread_count: 1 }],
  ])('for %s', async (_, makeEvent, expected) => {
    const { me, other, roomId } = await createRoom('group')
    await apply(posted(roomId, 1, other, at(1)))

    const events = await publishedBy(() => apply(makeEvent(roomId, me)))

    expect(ofUser(me, events)).toMatchObject([expected])
  })

  test('for a leave and a join, with removed', async () => {
    const { me, roomId } = await createRoom('group')

    const events = await publishedBy(() => leaveRoom(store, { caller: me, roomId }))
    const [leave, ...changes] = events
    const back = await publishedBy(() => apply(joined(roomId, me, inAMinute())))

    const all = [leave!, ...changes].toSorted((a, b) =>
      a['detail-type'].localeCompare(b['detail-type']),
    )
    expect(all.map(({ 'detail-type': type }) => type)).toEqual([
      'inbox.changed',
      'participant.left',
    ])
    expect(all[0]!.detail).toMatchObject({
      room_id: roomId,
      removed: true,
      unread_count: 0,
      muted: false,
    })
    expect(ofUser(me, back)).toMatchObject([{ room_id: roomId, removed: false }])
  })

  test('for an erased person, once for each room, with removed', async () => {
    const { me, roomId } = await createRoom('group')
    const quiet = {
      onRoom: () => undefined,
      onPage: () => undefined,
      onUnreadable: () => undefined,
    }

    const events = await publishedBy(() => eraseUsers(store, [me], quiet))

    expect(ofUser(me, events)).toMatchObject([{ room_id: roomId, removed: true, unread_rooms: 0 }])
  })

  test('at most once for each person of a large group with a new comment', async () => {
    const people = freshEmails(150)
    const roomId = freshId()
    await apply(roomCreated(roomId, 'group', people))

    await readStream()
    await apply(posted(roomId, 1, people[0]!, at(1)))
    const records = await readStream()
    for (let start = 0; start < records.length; start += 100)
      expect(await deliver(records.slice(start, start + 100))).toEqual([])

    expect(bus().events).toHaveLength(150)
    expect(new Set(bus().events.map(({ detail }) => detail['email'])).size).toBe(150)
    expect(Math.max(...bus().calls.map(({ entries }) => entries))).toBe(10)
  })
})

describe('nothing is published for', () => {
  test('an event that is delivered again', async () => {
    const { other, roomId } = await createRoom('single')
    const comment = posted(roomId, 1, other, at(1))
    await apply(comment)

    expect(await publishedBy(() => apply(comment))).toEqual([])
  })

  test('a row that is written again with the same content', async () => {
    const { other, roomId } = await createRoom('single')
    await apply(posted(roomId, 1, other, at(1)))

    const published = await publishedBy(async () => {
      // It raises the revision, with which all rows are written again.
      await apply(joined(roomId, other, at(0)))
      await rebuildRoom(store, roomId)
    })

    expect(published).toEqual([])
  })

  test.each<[string, NonNullable<DynamoDBRecord['dynamodb']>]>([
    ['an item of somebody else', { Keys: { pk: { S: 'ORDER#1' }, sk: { S: 'ROOM#1' } } }],
    ['an item with other keys', { Keys: { id: { N: '1' } } }],
    ['a row of no room', { Keys: { pk: { S: 'USER#a' }, sk: { S: 'ROOM#x' } } }],
    ['a row without images', { Keys: { pk: { S: 'USER#a' }, sk: { S: 'ROOM#1' } } }],
    ['a record without keys', {}],
    ['a total', { Keys: { pk: { S: 'USER#a' }, sk: { S: 'TOTAL#group' } } }],
  ])('%s', async (_, dynamodb) => {
    const activity = { activity: { S: 'group#~' } }
    const NewImage = dynamodb.Keys?.['sk']?.S === 'TOTAL#group' ? activity : undefined
    const record = { dynamodb: { SequenceNumber: '1', ...dynamodb, ...(NewImage && { NewImage }) } }

    expect(await deliver([record])).toEqual([])
    expect(bus().calls).toEqual([])
  })
})

/** A record of a row that appears in somebody's list. */
const rowRecord = (email: string, roomId: number, sequence = '1'): DynamoDBRecord => {
  const { pk, sk } = rowKey(email, roomId)
  return {
    dynamodb: {
      SequenceNumber: sequence,
      ApproximateCreationDateTime: 1_767_605_412,
      Keys: { pk: { S: pk }, sk: { S: sk } },
      NewImage: { activity: { S: 'group#2024' }, unread_count: { N: '3' } },
    },
  }
}

const rowRecords = (count: number) =>
  Array.from({ length: count }, (_, index) => rowRecord('a', index + 1, String(index + 1)))

test('an event says when the row was stored, and its sequence has 40 digits', async () => {
  await deliver([rowRecord('a@example.com', 7, '111000000000123')])

  expect(bus().events[0]!.detail).toMatchObject({
    occurred_at: '2026-01-05T09:30:12.000Z',
    sequence: '0000000000000000000000000111000000000123',
    email: 'a@example.com',
    room_id: 7,
  })
})

test.each([
  `"quotes"`,
  `back\\slash`,
  'tab\tand\u0000',
  'line\u2028break',
  '👩‍👩‍👧@example.com',
  '<$.x>',
])('an address such as %j arrives as it is', async (email) => {
  await deliver([rowRecord(email, 7)])

  expect(bus().events[0]!.detail).toMatchObject({ email, unread_count: 3 })
})

test('ten events with the longest keys that DynamoDB takes are far from the limit of a call, 256 KB', async () => {
  const longest = '\u0001'.repeat(2048 - 'USER#'.length)

  await deliver(Array.from({ length: 10 }, (_, index) => rowRecord(longest, index + 1, `${index}`)))

  expect(bus().calls).toMatchObject([{ entries: 10 }])
  expect(bus().calls[0]!.bytes).toBeLessThan(256 * 1024)
})

test('a leave without its time is logged and left out, and the others are published', async () => {
  const record: DynamoDBRecord = {
    dynamodb: {
      SequenceNumber: '1',
      Keys: { pk: { S: 'ROOM#7' }, sk: { S: 'PARTICIPANT#a@example.com' } },
      NewImage: { left_through: { S: 'api' } },
    },
  }

  expect(await deliver([record, rowRecord('a', 1, '2')])).toEqual([])
  expect(bus().events).toHaveLength(1)
  expect(logged()).toEqual([
    {
      level: 'ERROR',
      requestId: 'test',
      sequenceNumber: '1',
      reason: 'a leave of room 7 has no left_at, so it is not published',
    },
  ])
})

test.each([{}, { Records: [{ messageId: 'm', body: '{}' }] }])(
  'the event %j is refused with a sentence',
  async (event) => {
    const { handler } = await import('../../functions/publish-changes.ts')

    await expect(
      handler(event as never, { getRemainingTimeInMillis: () => 60_000 } as never),
    ).rejects.toThrow('the event has no "Records" list of a DynamoDB stream')
  },
)

describe('if the bus', () => {
  const codes = (count: number, refused: number[]) =>
    Array.from({ length: count }, (_, index) =>
      refused.includes(index) ? 'ThrottlingException' : undefined,
    )

  test('refuses one of ten, this one is sent again', async () => {
    bus().decide = ({ length }) => (bus().calls.length === 1 ? codes(length, [4]) : [])

    expect(await deliver(rowRecords(10))).toEqual([])
    expect(bus().calls.map(({ entries }) => entries)).toEqual([10, 1])
    expect(bus().events.map(({ detail }) => detail['room_id'])).toEqual([
      1, 2, 3, 4, 6, 7, 8, 9, 10, 5,
    ])
  })

  test('refuses one all the time, its record is reported, and the log has the reason without an address', async () => {
    bus().decide = (entries) =>
      entries.map(({ Detail }) => (Detail!.includes('"room_id":5,') ? 'Denied' : undefined))

    expect(await deliver(rowRecords(25))).toEqual(['5'])
    expect(bus().events).toHaveLength(24)
    expect(logged()).toMatchObject([{ level: 'ERROR', sequenceNumber: '5', events: 1 }])
    expect(JSON.stringify(logged())).toContain('Denied')
  })

  test.each([
    ['throttles', 'refuses everything', () => codes(10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])],
    ['fails', 'responds with 500', () => ({ status: 500 })],
  ])('%s (%s), the function fails, and nothing is lost', async (_, __, decide) => {
    bus().decide = decide

    const failing = deliver(rowRecords(10))
    await expect(failing).rejects.toThrow('nothing of the batch could be published')
    bus().decide = () => []
    const again = await deliver(rowRecords(10))

    expect(logged()).toHaveLength(1)
    expect(again).toEqual([])
    expect(bus().events).toHaveLength(10)
  })

  test('does not take the events until the time is up, the function fails before it is ended', async () => {
    bus().decide = () => ({ status: 500 })

    await expect(deliver(rowRecords(10), 2000)).rejects.toThrow('nothing of the batch')
  })
})

test('a badge that cannot be read fails the events of its user only', async () => {
  const failed = await intercept(
    ({ input, send }) => {
      if (JSON.stringify(input).includes('USER#b')) throw new Error('no badge')
      return send()
    },
    () => deliver([rowRecord('a', 1, '1'), rowRecord('b', 1, '2'), rowRecord('b', 2, '3')]),
  )

  expect(failed).toEqual(['2', '3'])
  expect(bus().events).toMatchObject([{ detail: { email: 'a', unread_rooms: 0 } }])
})

test('a row that cannot be read does not hold up the events of its user', async () => {
  const me = freshEmails(1)[0]!
  const damaged = {
    ...rowKey(me, 7),
    activity: 'group#2024-01-01T00:00:00.000Z#0000000000000001#0000000000000007',
    unread_count: 0,
    marked_unread: true,
    shown: 'no JSON',
  }
  await putItems(store, [damaged])

  expect(await deliver([rowRecord(me, 8)])).toEqual([])
  expect(bus().events).toMatchObject([{ detail: { unread_rooms: 1, unread_comments: 0 } }])
})

/** Keeps the newest event of each key, as docs/events.md says. */
const keepNewest = (events: BusEvent[], keyOf: (detail: BusEvent['detail']) => string) => {
  const newest = new Map<string, BusEvent['detail']>()
  for (const { detail } of events) {
    const key = keyOf(detail)
    const known = newest.get(key)
    if (known === undefined || String(known['sequence']) < String(detail['sequence']))
      newest.set(key, detail)
  }
  return newest
}

const { parameters, testLimitMs } = readPropertySettings(8)

test(
  'the newest events say what the lists show and what is unread, for any log, and batches that are cut anywhere, repeated, late and refused',
  async () => {
    jest.spyOn(store, 'random').mockReturnValue(0)
    let firstId = 1000
    await fc.assert(
      fc.asyncProperty(
        eventLog,
        fc.infiniteStream(fc.noBias(fc.nat(999))),
        async (eventLog, choices) => {
          const choose = (limit: number) => choices.next().value! % limit
          firstId += 1000
          const { deliveries, apiLeaves, users } = nameLog(eventLog, firstId, { mayReplace: true })
          const tasks = [
            ...makeDeliveryTasks(deliveries),
            ...apiLeaves.map(({ place, caller, roomId }) => ({
              place,
              run: () => leaveRoom(store, { caller, roomId }).catch(() => undefined),
            })),
          ].sort(byPlace)
          const before = bus().events.length
          bus().decide = (entries) => {
            if (choose(10) === 0) return { status: 500, isTaken: choose(2) === 0 }
            return entries.map(() => (choose(10) === 0 ? 'ThrottlingException' : undefined))
          }

          const waiting: DynamoDBRecord[][] = []
          const cut = async () => {
            const records = await readStream()
            while (records.length > 0) waiting.push(records.splice(0, 1 + choose(20)))
          }
          const deliverOne = async () => {
            const batch = waiting.splice(choose(waiting.length), 1)[0]!
            const failed = await deliver(batch).catch(() =>
              batch.map(({ dynamodb }) => dynamodb!.SequenceNumber!),
            )
            const first = batch.findIndex(({ dynamodb }) =>
              failed.includes(dynamodb!.SequenceNumber!),
            )
            if (first !== -1) waiting.push(batch.slice(first))
            if (choose(4) === 0) waiting.push(batch)
          }
          for (const { run } of tasks) {
            await run()
            if (choose(3) === 0) await cut()
            if (waiting.length > 0 && choose(3) === 0) await deliverOne()
          }
          await cut()
          while (waiting.length > 0) await deliverOne()

          const events = bus()
            .events.slice(before)
            .filter(({ 'detail-type': type }) => type === 'inbox.changed')
          const rooms = keepNewest(events, ({ email, room_id }) => JSON.stringify([email, room_id]))
          const badges = keepNewest(events, ({ email }) => String(email))
          for (const user of users) {
            const request = { caller: user, types: roomTypes, filter: {}, page: 1, limit: 100 }
            const { rows } = await listRooms(store, request)
            const told = [...rooms.values()].filter(
              ({ email, removed }) => email === user && removed === false,
            )
            const byRoom = (a: { room_id: number }, b: { room_id: number }) => a.room_id - b.room_id
            expect(
              told
                .map(({ room_id, unread_count, muted }) => ({
                  room_id: Number(room_id),
                  unread_count,
                  muted,
                }))
                .sort(byRoom),
            ).toEqual(
              rows
                .map(({ room_id, unread_count, additions: { muted } }) => ({
                  room_id,
                  unread_count,
                  muted,
                }))
                .sort(byRoom),
            )
            if (badges.has(user))
              expect(badges.get(user)).toMatchObject({ ...(await countUnread(store, user)) })
          }
        },
      ),
      parameters,
    )
  },
  testLimitMs,
)

test('all calls of these tests together need exactly what the role of the function grants', () => {
  expect(listNeeded()).toEqual(listGranted('publish-changes'))
})
