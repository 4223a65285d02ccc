import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { createClient, createInbox, type Inbox } from '../../../client/src/index.ts'
import { createTable } from '../../../commands/local/table.ts'
import { handler as listAllChats } from '../../../functions/list-all-chats.ts'
import { store } from '../../../lib/deps.ts'
import { InboxError } from '../../../lib/domain/errors.ts'
import { roomPartition } from '../../../lib/store/keys.ts'
import { leaveRoom } from '../../../lib/store/leave-room.ts'
import { eraseUsers } from '../../../lib/store/maintenance/erase-users.ts'
import { rebuildRoom } from '../../../lib/store/maintenance/rebuild-room.ts'
import { rebuildUser } from '../../../lib/store/maintenance/rebuild-user.ts'
import { restoreRoom } from '../../../lib/store/maintenance/restore-room.ts'
import { overlapMs } from '../../../lib/store/rows/sync-token.ts'
import type { Store } from '../../../lib/store/store.ts'
import type { Together } from '../../../lib/store/together.ts'
import {
  byPlace,
  callNumbers,
  crashAfter,
  makeDeliveryTasks,
  type Task,
} from '../../support/deliver.ts'
import { type EventLog, eventLog, type NamedLog, nameLog } from '../../support/event-log.ts'
import { at, posted } from '../../support/events.ts'
import { withFault } from '../../support/faults.ts'
import { apply, createRoom, useTable } from '../../support/inbox.ts'
import { intercept } from '../../support/intercept.ts'
import { invoke } from '../../support/invoke.ts'
import { readPropertySettings } from '../../support/property.ts'
import { putItems } from '../../support/put-items.ts'
import { findUnstampedWrites } from '../../support/unstamped-writes.ts'
import { readPartitions } from '../../support/read-partitions.ts'
import { RequestedProjections } from '../../support/requested-projections.ts'

/**
 * For any log of events, delivered in any order, with repeats, crashes, leaves and maintenance, and for devices that
 * bring their copies up to date at any moments meanwhile: once that is done, one more `since` makes every copy the whole
 * list. Rows are stored up to a minute after their stamp, and clocks differ. The copies are those of the client package.
 */
const { parameters, testLimitMs } = readPropertySettings(5, 10_000)

useTable()
const saved: Store = { ...store, tableName: `${store.tableName}-saved` }
beforeAll(() => createTable(new DynamoDBClient(), saved.tableName))

/** A call takes effect at most this long after it was made: then the time of a function is up. */
const longestCallMs = 60_000
/** How much the clock of a writer or reader differs from the true time, at most. */
const skewMs = 29_000

let clockMs = 0
let readSkew = () => 0
beforeEach(() => {
  clockMs = Date.parse(at(0))
  readSkew = () => 0
  jest.spyOn(store, 'random').mockReturnValue(0)
  jest.spyOn(store, 'now').mockImplementation(() => clockMs + readSkew())
  // Requests that crash are logged.
  jest.spyOn(console, 'error').mockReturnValue()
  // The client repeats a request that failed after a random pause.
  jest.spyOn(Math, 'random').mockReturnValue(0)
})
afterEach(() => {
  jest.restoreAllMocks()
  delete store.together
})

let lastFirstId = 1000
const nextFirstId = (): number => (lastFirstId += 1000)

/** Numbers from 0 to 1 for the choices of one run (mulberry32). */
const makeRandom = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Runs work whose calls of the table take effect one at a time, in a random order and later and later.
 * @returns the writes of rows that do not stamp them
 */
const interleave = async (
  random: () => number,
  tickMs: number,
  work: () => Promise<unknown>,
): Promise<string[]> => {
  const unstamped: string[] = []
  const pending: { madeAt: number; start: () => Promise<unknown> }[] = []
  const state = { isDone: false }
  const running = intercept(
    async (call) => {
      unstamped.push(...findUnstampedWrites(call))
      const { promise: turn, resolve: begin } = Promise.withResolvers<undefined>()
      const { promise: end, resolve: finish } = Promise.withResolvers<undefined>()
      pending.push({ madeAt: clockMs, start: () => (begin(undefined), end) })
      await turn
      return call.send().finally(() => {
        finish(undefined)
      })
    },
    () =>
      work().finally(() => {
        state.isDone = true
      }),
  )
  while (!state.isDone || pending.length > 0) {
    for (let turns = 0; turns < 4; turns += 1) await nextTurn()
    if (pending.length === 0) {
      await pause(1)
      continue
    }
    const overdue = pending.findIndex(({ madeAt }) => clockMs + tickMs - madeAt > longestCallMs)
    const index = overdue === -1 ? Math.floor(random() * pending.length) : overdue
    await pending.splice(index, 1)[0]!.start()
    if (overdue === -1) clockMs += tickMs
  }
  await running
  return unstamped
}

/** Sends each write and read alone: so no call waits for others in real time, while the clock of the test goes on. */
const alone: Together = (() => {
  const notDone = () => Promise.resolve({ isDone: false, item: undefined })
  return { read: notDone, insert: notDone, change: notDone }
})()

/** Repeats what crashed. */
const again = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (;;)
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Error && error.message === 'crash')) throw error
    }
}

/** A phone of a user, whose requests reach the function without a network. */
const openInbox = (email: string, changeToken = (token: string) => token): Inbox => {
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname, searchParams } = new URL(url)
    const since = searchParams.get('since')
    if (since !== null) searchParams.set('since', changeToken(since))
    // Two rooms a page, so that rooms move between pages.
    if (searchParams.has('limit')) searchParams.set('limit', '2')
    const headers = Object.fromEntries(new Headers(init.headers))
    // Calls wait for the clock of the test, which takes long on a busy machine.
    const timeLeftMs = 120_000
    const request = { path: pathname, query: searchParams.toString(), email, headers, timeLeftMs }
    const response = await invoke(listAllChats, request)
    return new Response(response.text, response)
  }
  return createInbox({
    client: createClient({
      baseUrl: 'https://api.example.com',
      getToken: () => email,
      fetch: send as typeof fetch,
    }),
  })
}

const sync = async (inbox: Inbox): Promise<void> => {
  expect(await inbox.sync()).toEqual({ kind: 'synced' })
}

const readWholeList = async (email: string) => {
  const inbox = openInbox(email)
  await sync(inbox)
  return inbox.getSnapshot().rooms
}

const partCount = 5
const maintenance = ['erase', 'rebuild', 'lose and clear', 'lose and restore'] as const

const choices = fc.record({
  log: eventLog,
  seed: fc.noBias(fc.nat(2 ** 31)),
  crashes: callNumbers(8),
  /** For each part of the log: how many times each device asks meanwhile. */
  syncs: fc.array(fc.nat(2), { minLength: partCount, maxLength: partCount }),
  /** Between the parts. */
  pauseMs: fc.constantFrom(0, 30_000, 600_000),
  upkeep: fc.array(
    fc.record({
      what: fc.constantFrom(...maintenance),
      place: fc.nat(999),
      room: fc.nat(1),
      user: fc.nat(3),
    }),
    { maxLength: 2 },
  ),
  above: fc.constantFrom(100, 2, 0),
  isTogether: fc.boolean(),
})
type Choices = typeof choices extends fc.Arbitrary<infer Value> ? Value : never

const quiet = { onRoom: () => undefined, onPage: () => undefined, onUnreadable: () => undefined }

const makeUpkeepTasks = (
  { upkeep }: Choices,
  { users, roomIds }: NamedLog & { roomIds: number[] },
): Task[] =>
  upkeep.map(({ what, place, room, user }) => ({
    place,
    run: () =>
      again(async () => {
        const roomId = roomIds[room]!
        if (what === 'erase') await eraseUsers(store, [users[user]!], quiet)
        else {
          if (what !== 'rebuild') await loseRoom(roomId)
          if (what === 'lose and restore') await restoreRoom(saved, store, roomId)
          else await rebuildRoom(store, roomId).catch(ignoreUncreated)
          for (const each of users) await rebuildUser(store, each)
        }
      }),
  }))

/** If nobody knows that a member has left a personal room, the join of a third person is refused for ever. */
const forgetsLeaves = ({ what }: Choices['upkeep'][number]): boolean =>
  what === 'erase' || what === 'lose and clear'

const ignoreUncreated = () => undefined

/** Deletes what is known of a room, after it was saved in another table. */
const loseRoom = async (roomId: number): Promise<void> => {
  const items = await readPartitions(store, [roomPartition(roomId).pk])
  await putItems(saved, items)
  for (const { pk, sk } of items)
    await store.client.send(new DeleteCommand({ TableName: store.tableName, Key: { pk, sk } }))
}

/** @returns how many copies differed from the list, of how many */
const play = async (
  chosen: Choices,
  changeToken?: (token: string) => string,
): Promise<{ wrong: string[]; compared: number }> => {
  const { log, seed, crashes, syncs, pauseMs, above, isTogether } = chosen
  const random = makeRandom(seed)
  clockMs = Date.parse(at(0))
  readSkew = () => Math.round((2 * random() - 1) * skewMs)
  if (isTogether) delete store.together
  else store.together = alone
  const tickMs = isTogether ? 200 : 5000
  const firstId = nextFirstId()
  const named = nameLog(log, firstId, { mayReplace: !chosen.upkeep.some(forgetsLeaves) })
  const { deliveries, apiLeaves, users } = named
  const projections = new RequestedProjections()
  const devices = users.map((user) => ({ user, inbox: openInbox(user, changeToken) }))
  const leaveTasks = apiLeaves.map(({ place, caller, roomId }): Task => ({
    place,
    run: () =>
      again(() => leaveRoom(store, { caller, roomId })).catch((error: unknown) => {
        // A room that is lost at that moment cannot be left until it is rebuilt or restored.
        const isExpected = error instanceof InboxError && error.code !== 'internal'
        if (!isExpected) throw error
      }),
  }))
  const tasks = [
    ...makeDeliveryTasks(deliveries, projections.deferAbove(above)),
    ...leaveTasks,
    ...makeUpkeepTasks(chosen, { ...named, roomIds: [firstId, firstId + 1] }),
  ].sort(byPlace)
  const work = async (queue: Task[]): Promise<void> => {
    for (let task = queue.shift(); task; task = queue.shift()) {
      await task.run()
      await projections.receive()?.()
    }
    await projections.receiveAll()
  }

  const wrong: string[] = []
  let compared = 0
  for (const [part, count] of syncs.entries()) {
    const queue = tasks.filter(({ place }) => Math.floor((place * partCount) / 1000) === part)
    const workAndSync = () =>
      Promise.all([
        ...Array.from({ length: 4 }, () => work(queue)),
        ...devices.map(async ({ inbox }) => {
          for (let times = count; times > 0; times -= 1) await sync(inbox)
        }),
      ])
    const play = () => interleave(random, tickMs, workAndSync)
    expect(await withFault(crashAfter(crashes), play, 'after')).toEqual([])
    clockMs += pauseMs
    for (const { user, inbox } of devices) {
      await sync(inbox)
      compared += 1
      if (JSON.stringify(inbox.getSnapshot().rooms) !== JSON.stringify(await readWholeList(user)))
        wrong.push(user)
    }
  }
  return { wrong, compared }
}

test(
  'a copy that is brought up to date at any moments ends as the whole list',
  async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(choices, async (chosen) => {
        const result = await play(chosen)

        compared += result.compared
        expect(result.wrong).toEqual([])
      }),
      parameters,
    )
    expect(compared).toBeGreaterThan(parameters.numRuns)
  },
  testLimitMs,
)

test('a room that appears while its user is erased is in the list and in the copies', async () => {
  const arrivals = (place: number) => [{ place, endsBatch: true }]
  const log: EventLog = {
    rooms: [
      { type: 'single', arrivals: arrivals(1) },
      { type: 'group', arrivals: arrivals(0) },
    ],
    steps: [
      {
        kind: 'comment.posted',
        later: 0,
        room: 0,
        user: 0,
        comment: 0,
        text: '',
        isSet: false,
        isTwice: false,
        arrivals: [{ place: 0, endsBatch: false }],
      },
    ],
  }

  const { wrong } = await play({
    log,
    seed: 0,
    crashes: new Set(),
    syncs: [0, 0, 1, 0, 0],
    pauseMs: 0,
    upkeep: [{ what: 'erase', place: 0, room: 0, user: 1 }],
    above: 100,
    isTogether: false,
  })

  expect(wrong).toEqual([])
})

/** Moves a token to the moment of its read, as if clocks were equal and writes took no time. */
const withoutOverlap = (token: string): string => {
  const fields = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[]
  fields[1] = (fields[1] as number) + overlapMs
  return Buffer.from(JSON.stringify(fields)).toString('base64url')
}

test(
  'without the overlap of tokens, some copies miss changes',
  async () => {
    let wrong = 0
    for (const chosen of fc.sample(choices, { numRuns: parameters.numRuns, seed: 7 }))
      wrong += (await play(chosen, withoutOverlap)).wrong.length

    // About one copy in a hundred: a few runs need not find it. The next test always does.
    if (parameters.numRuns >= 100) expect(wrong).toBeGreaterThan(0)
  },
  testLimitMs,
)

test.each([
  ['is returned', undefined],
  ['is missed without the overlap of tokens', withoutOverlap],
])('a row that is stored after a read, but stamped before it, %s', async (_, changeToken) => {
  const { me, other, roomId } = await createRoom('single')
  const inbox = openInbox(me, changeToken)
  clockMs += 600_000
  await sync(inbox)
  const { promise: held, resolve: hold } = Promise.withResolvers<undefined>()
  const { promise: go, resolve: release } = Promise.withResolvers<undefined>()
  const writing = intercept(
    async ({ command, input, send }) => {
      if (command === 'BatchExecuteStatement' && JSON.stringify(input).includes('ROOM#')) {
        if (JSON.stringify(input).includes('"changed')) {
          hold(undefined)
          await go
        }
      }
      return send()
    },
    () => apply(posted(roomId, 1, other, at(1))),
  )
  await held
  clockMs += 1000
  await sync(inbox)
  release(undefined)
  await writing
  clockMs += 600_000

  await sync(inbox)

  const isMissed = changeToken !== undefined
  expect(inbox.getSnapshot().rooms).toMatchObject([{ last_comment_id: isMissed ? 0 : 1 }])
})
