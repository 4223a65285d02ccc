import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { createTable } from '../../../commands/local/table.ts'
import { store as live } from '../../../lib/deps.ts'
import { EventRefused, Unreadable } from '../../../lib/domain/errors.ts'
import type { ChatEvent } from '../../../lib/domain/events.ts'
import { keepJoins } from '../../../lib/domain/room-state.ts'
import { applyEvents } from '../../../lib/store/apply-events.ts'
import { Contention } from '../../../lib/store/errors.ts'
import {
  commentKey,
  participantKey,
  roomPartition,
  rowKey,
  userPartition,
} from '../../../lib/store/keys.ts'
import { eraseUsers } from '../../../lib/store/maintenance/erase-users.ts'
import { rebuildTotals } from '../../../lib/store/maintenance/rebuild-user.ts'
import {
  countMissingProfiles,
  restoreProfiles,
} from '../../../lib/store/maintenance/restore-profiles.ts'
import { countMissingFacts, restoreRoom } from '../../../lib/store/maintenance/restore-room.ts'
import { spreadProfile } from '../../../lib/store/maintenance/spread-profile.ts'
import type { Store } from '../../../lib/store/store.ts'
import { readPartitions } from '../../support/read-partitions.ts'
import { eventLog, type NamedLog, nameLog } from '../../support/event-log.ts'
import { at, deleted, edited, named, posted, renamed, roomCreated } from '../../support/events.ts'
import {
  apply,
  createRoom,
  findRow,
  freshRoom,
  leave,
  readItem,
  shownParticipants,
  useTable,
} from '../../support/inbox.ts'
import { intercept } from '../../support/intercept.ts'
import { expectAlsoAfterNextEvent } from '../../support/next-event.ts'
import { readPropertySettings } from '../../support/property.ts'

/** Random logs; `RUNS` and `SEED` as in convergence.test.ts. */
const { parameters, testLimitMs } = readPropertySettings(8)

useTable()
const restored: Store = { ...live, tableName: `${live.tableName}-restored` }
const whole: Store = { ...live, tableName: `${live.tableName}-whole` }
beforeAll(async () => {
  const client = new DynamoDBClient()
  await Promise.all([restored, whole].map(({ tableName }) => createTable(client, tableName)))
})
beforeEach(() => {
  jest.spyOn(live, 'random').mockReturnValue(0)
})
afterEach(() => {
  jest.restoreAllMocks()
})

let lastFirstId = 1000
const nextFirstId = (): number => (lastFirstId += 1000)

const deliver = async (events: ChatEvent[], to: Store): Promise<void> => {
  const { outcomes } = await applyEvents(to, events)
  expect(outcomes).toEqual(events.map(() => undefined))
}

const roomsOf = ({ events }: NamedLog): number[] => [
  ...new Set(events.flatMap((event) => ('room_id' in event ? event.room_id : []))),
]
const partitionsOf = (log: NamedLog): string[] =>
  [...roomsOf(log).map(roomPartition), ...log.users.map(userPartition)].map(({ pk }) => pk)

const notCopied = ['revision', 'reached', 'copied_as_of', 'changes', 'changed', 'total_id']
/** Reads the facts, rows and totals of a log, without what may differ between tables of the same events. */
const readTable = async (store: Store, log: NamedLog) =>
  (await readPartitions(store, partitionsOf(log))).flatMap((item) => {
    const rest: Record<string, unknown> = Object.fromEntries(
      Object.entries(item).filter(([name]) => !notCopied.includes(name)),
    )
    // The text of a deleted comment is removed, or it is stored as an empty one.
    if (rest['deleted_at'] !== undefined) {
      delete rest['message']
      delete rest['edited_message']
    }
    // Joins that a leave has ended may be stored or not.
    const { joinings, left_at, ...others } = rest as { joinings?: Set<string>; left_at?: string }
    const kept = keepJoins(joinings ?? [], left_at)
    const compared = {
      ...others,
      ...(left_at !== undefined && { left_at }),
      ...(kept.length > 0 && { joinings: kept }),
    }
    // A total of 0 may be stored or not.
    return rest['total'] === 0 ? [] : [compared]
  })

const restoreAll = async (log: NamedLog): Promise<number> => {
  let copied = 0
  for (const roomId of roomsOf(log)) {
    const { facts, profiles, rows } = await restoreRoom(restored, live, roomId)
    expect(rows.left).toEqual([])
    copied += facts + profiles
  }
  for (const user of log.users) {
    copied += await restoreProfiles(restored, live, [user])
    await spreadProfile(live, user)
    expect((await rebuildTotals(live, user)).left).toEqual([])
  }
  return copied
}

const countMissing = async (log: NamedLog): Promise<number> => {
  let missing = await countMissingProfiles(restored, live, log.users)
  for (const roomId of roomsOf(log)) missing += await countMissingFacts(restored, live, roomId)
  return missing
}

const losePartitions = async (log: NamedLog, lost: boolean[]): Promise<void> => {
  const partitions = partitionsOf(log).filter((_, index) => lost[index])
  for (const { pk, sk } of await readPartitions(live, partitions))
    await live.client.send(new DeleteCommand({ TableName: live.tableName, Key: { pk, sk } }))
}

test(
  'a table that lost events or partitions has everything after a restore, and nothing newer is overwritten',
  async () => {
    const place = fc.constantFrom('live', 'restored', 'both')
    const places = fc.array(place, { minLength: 32, maxLength: 32 })
    const losses = fc.option(fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }))
    await fc.assert(
      fc.asyncProperty(eventLog, places, losses, async (shape, where, lost) => {
        const log = nameLog(shape, nextFirstId(), { mayReplace: false })
        const isIn = (place: string) => (_: ChatEvent, index: number) =>
          [place, 'both'].includes(where[index % where.length]!)
        await deliver(log.events, whole)
        // What is lost in the live table is in the restored one.
        await deliver(lost ? log.events : log.events.filter(isIn('restored')), restored)
        await deliver(log.events.filter(isIn('live')), live)
        if (lost) await losePartitions(log, lost)

        const missing = await countMissing(log)
        const copied = await restoreAll(log)

        expect(await readTable(live, log)).toEqual(await readTable(whole, log))
        expect(copied > 0).toBe(missing > 0)
        expect(await countMissing(log)).toBe(0)
        expect(await restoreAll(log)).toBe(0)
      }),
      parameters,
    )
  },
  testLimitMs,
)

/** A room that lost its partition in the live table, after it was restored into another one. */
const loseRoom = async () => {
  const room = freshRoom()
  const creation = roomCreated(room.roomId, 'single', [room.me, room.other])
  await deliver([creation], restored)
  await apply(creation)
  return room
}
const lose = async (roomId: number): Promise<void> => {
  for (const { pk, sk } of await readPartitions(live, [roomPartition(roomId).pk]))
    await live.client.send(new DeleteCommand({ TableName: live.tableName, Key: { pk, sk } }))
}

test('the rows of a lost room can be replaced, although the restored room has a lower revision', async () => {
  const { me, other, roomId } = await loseRoom()
  for (const id of [1, 2, 3]) await apply(posted(roomId, id, other, at(id), 'lost'))
  await lose(roomId)

  await restoreRoom(restored, live, roomId)
  await apply(posted(roomId, 4, other, at(4), 'new'))

  expect(await findRow(me, roomId)).toMatchObject({ last_comment_message: 'new', unread_count: 1 })
})

test('who left through the API after the restored moment has left, because the tombstone says so', async () => {
  const { me, other, roomId } = await loseRoom()
  await leave(me, roomId)
  await lose(roomId)

  await restoreRoom(restored, live, roomId)

  expect(await findRow(me, roomId)).toBeUndefined()
  expect(await shownParticipants(other, roomId)).toEqual([other])
  expect(await readItem(participantKey(roomId, me))).toMatchObject({
    left_at: (await readItem(rowKey(me, roomId)))!['left_at'],
  })
})

test('a leave that was published before is not published again', async () => {
  const { me, roomId } = await createRoom('single')
  await deliver([roomCreated(roomId, 'single', [me])], restored)
  await restored.client.send(markLeft(restored, roomId, me))
  await lose(roomId)

  await restoreRoom(restored, live, roomId)

  const participant = await readItem(participantKey(roomId, me))
  expect(participant).toHaveProperty('left_at')
  expect(participant).not.toHaveProperty('left_through')
})

const markLeft = ({ tableName }: Store, roomId: number, email: string) =>
  new UpdateCommand({
    TableName: tableName,
    Key: participantKey(roomId, email),
    UpdateExpression: 'SET left_at = :left_at, left_through = :api, room_id = :room_id',
    ExpressionAttributeValues: { ':left_at': at(5), ':api': 'api', ':room_id': String(roomId) },
  })

test('an imported unread count and its comment are restored', async () => {
  const { me, other, roomId } = freshRoom()
  await deliver([imported(roomId, me, other)], restored)

  await restoreRoom(restored, live, roomId)

  expect(await findRow(me, roomId)).toMatchObject({ unread_count: 7, last_comment_id: 90 })
})

const imported = (room_id: number, me: string, other: string): ChatEvent => ({
  type: 'room.imported',
  occurred_at: at(100),
  room_id,
  room_type: 'single',
  room_avatar_url: '',
  created_at: at(0),
  viewer: me,
  unread_count: 7,
  last_comment: { comment_id: 90, message: 'imported', posted_at: at(90) },
  participants: [me, other].map((email) => ({
    ...named(email),
    last_comment_read_id: 80,
    last_comment_received_id: 85,
  })),
})

test('a room that the live table knows with the other type is refused, also where nothing is written', async () => {
  const { me, other, roomId } = await createRoom('single')
  await deliver([roomCreated(roomId, 'group', [me, other])], restored)

  await expect(countMissingFacts(restored, live, roomId)).rejects.toThrow(EventRefused)
  await expect(restoreRoom(restored, live, roomId)).rejects.toThrow(EventRefused)
})

test('a room that gets the other type while it is restored keeps only what it had', async () => {
  const { me, other, roomId } = freshRoom()
  await deliver([roomCreated(roomId, 'group', [me, other, `third-${me}`])], restored)
  const creation = roomCreated(roomId, 'single', [me, other], at(-1))
  let isCreated = false
  const restoring = intercept(
    async ({ command, send }) => {
      const response = await send()
      if (command !== 'BatchGetItem' || isCreated) return response
      isCreated = true
      await apply(creation)
      return response
    },
    () => restoreRoom(restored, live, roomId),
  )

  await expect(restoring).rejects.toThrow(EventRefused)
  await expectAlsoAfterNextEvent([roomId], async () => {
    expect(await readItem(participantKey(roomId, `third-${me}`))).toBeUndefined()
    expect(await readItem(participantKey(roomId, me))).toMatchObject({ joined_at: at(-1) })
    expect(await shownParticipants(me, roomId)).toEqual([me, other])
  })
})

test('a deletion that was lost removes the text of its comment again', async () => {
  const { other, roomId } = await createRoom('single')
  const comments = [1, 2].map((id) => posted(roomId, id, other, at(id), 'my secret'))
  await apply(...comments, edited(roomId, 2, 'my other secret', at(3)))
  await deliver([...comments, ...[1, 2].map((id) => deleted(roomId, id, at(4)))], restored)

  await restoreRoom(restored, live, roomId)

  for (const id of [1, 2]) {
    const comment = await readItem(commentKey(roomId, id))
    expect(comment).toMatchObject({ deleted_at: at(4) })
    expect(JSON.stringify(comment)).not.toContain('secret')
  }
})

test('the comments of a room that was not created yet are restored, before and after its creation', async () => {
  const rooms = [freshRoom(), freshRoom()] as const
  const [created, later] = rooms
  for (const { roomId, other } of rooms) await deliver([posted(roomId, 1, other, at(1))], restored)
  await apply(roomCreated(created.roomId, 'single', [created.me, created.other]))

  for (const { roomId } of rooms) await restoreRoom(restored, live, roomId)
  await apply(roomCreated(later.roomId, 'single', [later.me, later.other]))

  for (const { me, roomId } of rooms)
    expect(await findRow(me, roomId)).toMatchObject({ last_comment_id: 1, unread_count: 1 })
})

test('nothing is missing after an erased room was restored, although authors and texts stay erased', async () => {
  const { me, other, roomId } = await loseRoom()
  const comments = [1, 2].map((id) => posted(roomId, id, me, at(id), 'my secret'))
  await deliver(comments, restored)
  await apply(...comments)
  await eraseUsers(live, [me], {
    onRoom: () => undefined,
    onPage: () => undefined,
    onUnreadable: () => undefined,
  })

  await restoreRoom(restored, live, roomId)

  expect(await countMissingFacts(restored, live, roomId)).toBe(0)
  expect(await findRow(other, roomId)).toMatchObject({ last_comment_message: '' })
})

test('throttled calls of every kind are repeated, in a dry run too', async () => {
  const { me, roomId } = await loseRoom()
  await deliver([renamed(me, 'Ann', at(5))], restored)
  await lose(roomId)
  const withThrottling = async <T>(work: () => Promise<T>): Promise<T> => {
    const throttled = new Set<string>()
    return intercept(({ command, input, send }) => {
      const kind = `${command} of ${String(input['TableName'])}`
      if (throttled.has(kind)) return send()
      throttled.add(kind)
      return Promise.reject(new Contention())
    }, work)
  }

  const missing = await withThrottling(() => countMissingFacts(restored, live, roomId))
  const { facts, rows } = await withThrottling(() => restoreRoom(restored, live, roomId))

  expect(missing).toBeGreaterThan(0)
  expect(facts).toBe(missing)
  expect(rows.left).toEqual([])
})

test.each([
  { table: 'restored', attribute: 'joinings', value: 'x', type: 'a set of strings' },
  { table: 'restored', attribute: 'username', value: 5, type: 'a string' },
  { table: 'live', attribute: 'joined_at', value: 5, type: 'a string' },
  { table: 'live', attribute: 'joinings', value: 'x', type: 'a set of strings' },
])(
  'a damaged $attribute in the $table table is named with its room and without the address',
  async ({ table, attribute, value, type }) => {
    const { me, roomId } = await loseRoom()
    const { client, tableName } = table === 'live' ? live : restored
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: participantKey(roomId, me),
        UpdateExpression: `SET ${attribute} = :value`,
        ExpressionAttributeValues: { ':value': value },
      }),
    )
    const refused = new Unreadable(
      `room ${roomId}, a participant: the attribute ${attribute} is not ${type}: correct it in the table`,
    )

    await expect(countMissingFacts(restored, live, roomId)).rejects.toEqual(refused)
    await expect(restoreRoom(restored, live, roomId)).rejects.toEqual(refused)
  },
)
