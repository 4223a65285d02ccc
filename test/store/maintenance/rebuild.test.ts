import { setTimeout } from 'node:timers/promises'
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../../lib/deps.ts'
import { Unreadable } from '../../../lib/domain/errors.ts'
import { Contention } from '../../../lib/store/errors.ts'
import { type Key, participantKey, roomKey, rowKey, totalKey } from '../../../lib/store/keys.ts'
import { applyEvents } from '../../../lib/store/apply-events.ts'
import { leaveRoom } from '../../../lib/store/leave-room.ts'
import { checkRoom, rebuildRoom } from '../../../lib/store/maintenance/rebuild-room.ts'
import { checkUser, rebuildUser } from '../../../lib/store/maintenance/rebuild-user.ts'
import { withoutStamp } from '../../../lib/store/rows/stored-row.ts'
import { visitPartitions } from '../../../lib/store/maintenance/visit-partitions.ts'
import { noteCalls } from '../../support/calls.ts'
import { deliver, runWithWorkers } from '../../support/deliver.ts'
import { eventLog, type NamedLog, nameLog } from '../../support/event-log.ts'
import { at, joined, left, posted, roomCreated } from '../../support/events.ts'
import { type ApiLeave, computeListing } from '../../support/expected-listing.ts'
import {
  apply,
  createRoom,
  findRow,
  freshEmail,
  freshId,
  freshRoom,
  leave,
  listAll,
  readItem,
  useTable,
} from '../../support/inbox.ts'
import { conditionFailed, withFault } from '../../support/faults.ts'
import { intercept } from '../../support/intercept.ts'
import { expectAlsoAfterNextEvent } from '../../support/next-event.ts'
import { readPropertySettings } from '../../support/property.ts'
import { RequestedProjections } from '../../support/requested-projections.ts'

/** Random logs; `RUNS` and `SEED` as in convergence.test.ts. */
const { parameters, testLimitMs } = readPropertySettings(8)

useTable()
beforeEach(() => {
  jest.spyOn(store, 'random').mockReturnValue(0)
})
afterEach(() => {
  jest.restoreAllMocks()
})

const change = (Key: Key, UpdateExpression: string, values: Record<string, unknown> = {}) =>
  store.client.send(
    new UpdateCommand({
      TableName: store.tableName,
      Key,
      UpdateExpression,
      ...(UpdateExpression.includes('#total') && {
        ExpressionAttributeNames: { '#total': 'total' },
      }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    }),
  )
const remove = (Key: Key) =>
  store.client.send(new DeleteCommand({ TableName: store.tableName, Key }))
const put = (Item: object) =>
  store.client.send(new PutCommand({ TableName: store.tableName, Item: { ...Item } }))

const foreignRow = (email: string, roomId: number, type: string) => ({
  ...rowKey(email, roomId),
  activity: `${type}#2024-01-01T00:00:00.000Z#0000000000000001#${String(roomId).padStart(16, '0')}`,
  revision: 7,
  shown: '["x","",""]',
  unread_count: 1,
})

/** Every way in which a row can be wrong. Each takes the row of a user in a room as it is. */
const spoilRow: Record<string, (key: Key, row: Record<string, unknown>) => Promise<unknown>> = {
  missing: remove,
  stale: (key) => change(key, 'SET unread_count = :n', { ':n': 77 }),
  ofOlderForm: (key) => change(key, 'REMOVE shown SET room_name = :n', { ':n': 'old' }),
  unreadable: (key) => change(key, 'SET shown = :s', { ':s': '{' }),
  ofOtherListing: (key, { activity }) =>
    activity === undefined
      ? Promise.resolve()
      : change(key, 'SET activity = :a', {
          ':a': (activity as string).replace(/^\w+/, (type) =>
            type === 'single' ? 'group' : 'single',
          ),
        }),
  withoutRevision: (key) => change(key, 'REMOVE revision'),
  ahead: (key) => change(key, 'SET revision = :n', { ':n': 1000 }),
  listedAgain: (key) =>
    put(foreignRow(key.pk.slice('USER#'.length), Number(key.sk.slice('ROOM#'.length)), 'group')),
  unlisted: (key) => change(key, 'REMOVE activity'),
  muted: (key) => change(key, 'SET muted = :m', { ':m': true }),
}

const spoilTotal: Record<string, (key: Key) => Promise<unknown>> = {
  missing: remove,
  wrong: (key) => change(key, 'SET #total = :n', { ':n': 9 }),
  ofOtherActivity: (key) => change(key, 'SET activity = :a', { ':a': 'nowhere#~' }),
}

const expectListings = async ({ events, users }: NamedLog, leaves: ApiLeave[]): Promise<void> => {
  for (const user of users)
    for (const type of ['single', 'group'] as const)
      expect(await listAll(user, type)).toEqual(computeListing(events, leaves, user, type))
}

const roomsOf = ({ events }: NamedLog): number[] => [
  ...new Set(events.flatMap((event) => ('room_id' in event ? event.room_id : []))),
]

/** Rooms and users in any order, as a scan has them. */
const rebuildTasks = (log: NamedLog) => [
  ...roomsOf(log).map((roomId) => async () => {
    await rebuildRoom(store, roomId)
  }),
  ...log.users.flatMap((user) => [
    async () => {
      await rebuildUser(store, user)
    },
  ]),
]

/** What a check finds, without waiting a second: the same as what a rebuild would correct. */
const countWrong = async (log: NamedLog): Promise<number> => {
  let wrong = 0
  for (const roomId of roomsOf(log)) wrong += (await rebuildRoom(store, roomId)).found.length
  for (const user of log.users) {
    wrong += (await rebuildUser(store, user)).found.length
  }
  return wrong
}

test(
  'rows and totals spoilt in every way come out right, while events and leaves go on',
  async () => {
    const spoils = fc.array(
      fc.record({
        user: fc.nat(3),
        room: fc.nat(2),
        how: fc.constantFrom(...Object.keys(spoilRow)),
        total: fc.option(fc.constantFrom(...Object.keys(spoilTotal))),
      }),
      { minLength: 1, maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(
        eventLog,
        spoils,
        fc.nat(20),
        fc.scheduler(),
        async (shape, chosen, half, scheduler) => {
          const log = nameLog(shape, nextFirstId(), { mayReplace: true })
          // A profile that is updated while a row is missing does not reach the room. Only a restore corrects that.
          const isEarly = ({ type }: { type: string }, index: number) =>
            index < half || type === 'profile.updated'
          await deliver(log.events.filter(isEarly))
          expect(await countWrong(log)).toBe(0)
          const rooms = [...roomsOf(log), nextFirstId()]
          for (const { user, room, how, total } of chosen) {
            const key = rowKey(log.users[user]!, rooms[room % rooms.length]!)
            await spoilRow[how]!(key, (await readItem(key)) ?? {})
            if (total) await spoilTotal[total]!(totalKey(log.users[user]!, 'single'))
          }
          const leaves: ApiLeave[] = []

          await runWithWorkers(
            interleave(
              rebuildTasks(log),
              log.events
                .filter((event, index) => !isEarly(event, index))
                .map((event) => () => deliver([event])),
              log.apiLeaves.map((call) => () => leaveThroughApi(call, leaves)),
            ).map((run, place) => ({ place, run })),
            scheduler,
          )

          // Events that are spoilt by a row which is not corrected yet leave it to the next rebuild.
          for (const task of rebuildTasks(log)) await task()
          await expectListings(log, leaves)
          expect(await countWrong(log)).toBe(0)
        },
      ),
      parameters,
    )
  },
  testLimitMs,
)

let lastFirstId = 1_000_000
const nextFirstId = (): number => (lastFirstId += 1000)

const interleave = <T>(...lists: T[][]): T[] => {
  const longest = Math.max(...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list[index] ?? []),
  ).flat()
}

const leaveThroughApi = async (
  { caller, roomId, now }: NamedLog['apiLeaves'][number],
  leaves: ApiLeave[],
): Promise<void> => {
  // A row that is wrong may say that the caller is in no room, or already left it.
  await leaveRoom({ ...store, now: () => now }, { caller, roomId }).catch(() => undefined)
  const participant = await readItem(participantKey(roomId, caller))
  if (participant?.['left_through'] !== undefined)
    leaves.push({ email: caller, room_id: roomId, left_at: participant['left_at'] as string })
}

test('a sound table has nothing to correct, and nothing is written', async () => {
  const { me, roomId } = await createRoom('group')
  const gone = freshEmail()
  await apply(joined(roomId, gone, at(1)), posted(roomId, 1, me, at(2)))
  await apply(left(roomId, gone, at(3)))
  await apply(joined(freshId(), me, at(1)))
  await leave(me, (await createRoom('single', { me })).roomId)

  const calls = await noteCalls(async () => {
    expect(await rebuildRoom(store, roomId)).toEqual({ found: [], left: [] })
    for (const user of [me, gone]) {
      expect(await rebuildUser(store, user)).toEqual({ found: [], left: [] })
    }
  })

  expect(calls.filter(({ command }) => !/Get|Query/.test(command))).toEqual([])
})

test('a room whose rows all have an older form takes six calls', async () => {
  const { me, other, roomId } = await createRoom('single')
  for (const email of [me, other]) await change(rowKey(email, roomId), 'REMOVE shown')

  const calls = await noteCalls(async () => {
    expect(await rebuildRoom(store, roomId)).toMatchObject({ found: [{}, {}], left: [] })
  })

  expect(calls.map(({ command }) => command)).toEqual([
    'Query',
    'BatchGetItem',
    'UpdateItem',
    'Query',
    'PutItem',
    'PutItem',
  ])
  expect(await rebuildRoom(store, roomId)).toEqual({ found: [], left: [] })
})

test('a check names every row and total that differs, and writes nothing', async () => {
  const rows = await Promise.all(
    Object.keys(spoilRow).map(async (how) => {
      const { me, roomId } = await createRoom('single')
      const key = rowKey(me, roomId)
      await spoilRow[how]!(key, (await readItem(key))!)
      return { how, roomId }
    }),
  )
  const gone = await createRoom('single')
  await leave(gone.me, gone.roomId)
  await put(foreignRow(gone.me, gone.roomId, 'single'))
  const lost = await createRoom('group')
  await leave(lost.me, lost.roomId)
  await change(participantKey(lost.roomId, lost.me), 'REMOVE left_at')
  const unmarked = await createRoom('group')
  await leave(unmarked.me, unmarked.roomId)
  await remove(rowKey(unmarked.me, unmarked.roomId))
  const stranger = freshEmail()
  await put(foreignRow(stranger, gone.roomId, 'group'))
  const totals = await Promise.all(
    Object.values(spoilTotal).map(async (spoil) => {
      const { me } = await createRoom('single')
      await spoil(totalKey(me, 'single'))
      return me
    }),
  )

  const calls = await noteCalls(async () => {
    const problems = await Promise.all(
      [...rows, gone, lost, unmarked].map(async ({ roomId }) =>
        (await checkRoom(store, roomId)).map(({ problem }) => problem),
      ),
    )
    expect(problems).toEqual([
      ['missing'],
      ['stale'],
      ['stale'],
      ['stale'],
      ['misplaced'],
      ['misplaced'],
      ['ahead'],
      ['misplaced'],
      ['missing'],
      ['stale'],
      ['ahead'],
      ['leave lost'],
      ['unmarked'],
    ])
    const found = await Promise.all(totals.map((user) => checkUser(store, user)))
    expect(found.map(([total]) => total)).toMatchObject([
      { stored: undefined, counted: 1 },
      { stored: 9, counted: 1 },
      { stored: 1, counted: 1 },
    ])
    expect(await checkUser(store, stranger)).toMatchObject([
      { roomId: gone.roomId },
      { type: 'group', stored: undefined, counted: 1 },
    ])
  })

  expect(calls.filter(({ command }) => !/Get|Query/.test(command))).toEqual([])
})

test('a difference that is gone a moment later was an event in progress', async () => {
  const { me, other, roomId } = await createRoom('single')
  await change(rowKey(me, roomId), 'SET unread_count = :n', { ':n': 5 })

  const checking = checkRoom(store, roomId)
  await setTimeout(200)
  await apply(posted(roomId, 1, other, at(1)))

  expect(await checking).toEqual([])
})

test('a join and a leave while rows are counted leave the total right', async () => {
  const { me, roomId } = await createRoom('group')
  const { roomId: next } = freshRoom()
  await change(totalKey(me, 'group'), 'SET #total = :n', { ':n': 5 })
  let isDue = true

  await intercept(
    async ({ command, send }) => {
      const response = await send()
      // The total is 5 before and after: only `changes` says that the rows were counted too early.
      if (command === 'Query' && isDue) {
        isDue = false
        await apply(roomCreated(next, 'group', [me]))
        await leave(me, roomId)
      }
      return response
    },
    () => rebuildUser(store, me),
  )

  await expectAlsoAfterNextEvent([roomId, next], async () => {
    expect(await listAll(me, 'group')).toHaveLength(1)
  })
})

test('a rebuild that is interrupted after any write is completed by another one', async () => {
  const { me, other, roomId } = await createRoom('single')
  await put(foreignRow(me, roomId, 'group'))
  await remove(rowKey(other, roomId))
  for (let last = 0; last < 8; last += 1) {
    let writes = 0
    await intercept(
      async ({ command, send }) => {
        const response = await send()
        if (/Update|Put|Transact/.test(command) && writes++ === last) throw new Error('crash')
        return response
      },
      () => rebuildRoom(store, roomId),
    ).catch(() => undefined)
  }

  await rebuildRoom(store, roomId)
  for (const user of [me, other]) await rebuildUser(store, user)

  await expectAlsoAfterNextEvent([roomId], async () => {
    expect(await listAll(me, 'single')).toHaveLength(1)
    expect(await findRow(other, roomId)).toBeDefined()
  })
})

test('an item that cannot be read is named, and is for the operator to correct', async () => {
  const { roomId } = await createRoom('single')
  await change(roomKey(roomId), 'SET avatar_url = :n', { ':n': 5 })

  await expect(rebuildRoom(store, roomId)).rejects.toThrow(Unreadable)
})

test('a row that is not listed and says that its room is muted is emptied', async () => {
  const { me, roomId } = await createRoom('group')
  await leave(me, roomId)
  await change(rowKey(me, roomId), 'SET muted = :m', { ':m': true })
  const stranger = freshEmail()
  await put({ ...foreignRow(stranger, roomId, 'group'), muted: true })

  const ofRoom = await rebuildRoom(store, roomId)
  await rebuildUser(store, stranger)

  expect(ofRoom).toMatchObject({ found: [{ problem: 'not emptied' }], left: [] })
  expect(await readItem(rowKey(me, roomId))).not.toHaveProperty('muted')
  const emptied = await readItem(rowKey(stranger, roomId))
  expect(withoutStamp(emptied)).toEqual(rowKey(stranger, roomId))
})

test('throttled calls of every kind are repeated', async () => {
  const { me, roomId } = await createRoom('group')
  await remove(rowKey(me, roomId))
  await put(foreignRow(me, freshId(), 'group'))
  const throttled = new Set<string>()

  await intercept(
    ({ command, send }) => {
      if (throttled.has(command)) return send()
      throttled.add(command)
      return Promise.reject(new Contention())
    },
    async () => {
      expect(await rebuildRoom(store, roomId)).toMatchObject({ left: [] })
      expect(await rebuildUser(store, me)).toMatchObject({ left: [] })
    },
  )

  expect(await listAll(me, 'group')).toHaveLength(1)
})

test('a row whose condition never holds ends its rebuild with a sentence, and nothing runs for ever', async () => {
  const { me, roomId } = await createRoom('single')
  await change(rowKey(me, roomId), 'SET unread_count = :n', { ':n': 77 })

  const rebuilding = withFault(
    ({ command }) => (command === 'PutItem' ? conditionFailed() : undefined),
    () => rebuildRoom(store, roomId),
  )

  await expect(rebuilding).rejects.toThrow(Unreadable)
  await expect(rebuilding).rejects.toThrow('the condition of a write failed 100 times in a row')
})

const damageTotal = (user: string, name: string) =>
  store.client.send(
    new UpdateCommand({
      TableName: store.tableName,
      Key: totalKey(user, 'group'),
      UpdateExpression: 'SET #name = :text',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':text': 'x' },
    }),
  )

test.each(['total', 'changes'])(
  'a damaged %s is found where nothing else is wrong',
  async (name) => {
    const { me, roomId } = await createRoom('group')
    await damageTotal(me, name)

    expect(await checkUser(store, me)).toMatchObject([{ user: me, counted: 1 }])
    expect(await rebuildUser(store, me)).toMatchObject({ left: [] })

    await leave(me, roomId)
    expect(await listAll(me, 'group')).toEqual([])
  },
)

test('a room that is projected all the time is compared as it was read last', async () => {
  const { me, roomId } = await createRoom('group')
  await change(rowKey(me, roomId), 'SET unread_count = :n', { ':n': 77 })
  let reads = 0

  const wrong = await intercept(
    async ({ command, send }) => {
      const response = await send()
      if (command !== 'BatchGetItem') return response
      reads += 1
      if (reads > 100) throw new Error('the check reads the room again without an end')
      await change(roomKey(roomId), 'ADD revision :one', { ':one': 1 })
      return response
    },
    () => checkRoom(store, roomId),
  )

  expect(wrong).toMatchObject([{ viewer: me, problem: 'stale' }])
})

test.each(['total', 'changes'])(
  'a damaged %s is written anew, also where a row changes it',
  async (name) => {
    const { me, roomId } = await createRoom('group')
    await remove(rowKey(me, roomId))
    await damageTotal(me, name)
    expect(await rebuildRoom(store, roomId)).toMatchObject({ left: [] })
    await put(foreignRow(me, freshId(), 'group'))
    await damageTotal(me, name)
    expect(await rebuildUser(store, me)).toMatchObject({ left: [] })

    expect(await readItem(totalKey(me, 'group'))).toMatchObject({
      total: 1,
      changes: expect.any(Number),
    })
  },
)

test('after an error, no segment starts another visit', async () => {
  await Promise.all(Array.from({ length: 40 }, () => put({ pk: `USER#${freshEmail()}`, sk: 'x' })))
  let started = 0
  const visit = async () => {
    started += 1
    if (started === 1) throw new Error('stop')
    await setTimeout(50)
  }

  await expect(visitPartitions(store, visit, 8)).rejects.toThrow('stop')
  await setTimeout(300)

  expect(started).toBeLessThanOrEqual(8)
})

describe('a check of a large group', () => {
  /** A group whose rows show comment 1, and whose facts have comment 2. */
  const createWaitingGroup = async () => {
    const roomId = freshId()
    const people = [freshEmail(), freshEmail(), freshEmail()] as const
    const projections = new RequestedProjections()
    const deferral = projections.deferAbove(2)
    const [author] = people
    await applyEvents(
      store,
      [roomCreated(roomId, 'group', [...people]), posted(roomId, 1, author, at(1))],
      deferral,
    )
    await projections.receiveAll()
    await applyEvents(store, [posted(roomId, 2, author, at(2))], deferral)
    return { roomId, people, projections }
  }

  test('does not report rows that only wait for their projection', async () => {
    const { roomId, projections } = await createWaitingGroup()

    const checking = checkRoom(store, roomId, 1000)
    // The check has looked twice by then.
    await setTimeout(1300)
    await projections.receiveAll()

    expect(await checking).toEqual([])
  })

  test('reports a row that is wrong for another reason', async () => {
    const { roomId, people, projections } = await createWaitingGroup()
    await projections.receiveAll()
    await spoilRow['stale']!(rowKey(people[1], roomId), {})

    expect(await checkRoom(store, roomId, 10)).toMatchObject([
      { viewer: people[1], problem: 'stale' },
    ])
  })

  test('reports all rows if the projection does not come', async () => {
    const { roomId } = await createWaitingGroup()

    expect(await checkRoom(store, roomId, 10)).toHaveLength(3)
  })

  test('a rebuild writes its rows at once', async () => {
    const { roomId } = await createWaitingGroup()

    await rebuildRoom(store, roomId)

    expect(await checkRoom(store, roomId, 10)).toEqual([])
  })
})
