import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../lib/deps.ts'
import { InboxError } from '../../lib/domain/errors.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { leaveRoom } from '../../lib/store/leave-room.ts'
import { noteCalls } from '../support/calls.ts'
import { cancelled, conflict, type Fault, withFault } from '../support/faults.ts'
import { log, playable, type PlayableLog } from '../support/logs.ts'
import { type ApiLeave, expectedListing } from '../support/model.ts'
import { listAll, useTable } from '../support/world.ts'

/**
 * The promise: for any log of events, in every order, with repeats and with crashes between any two
 * writes, every user's listings end up the same. A failure prints its seed; SEED=… runs it again.
 */
const runs = Number(process.env['RUNS'] ?? 8)
const seed = process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) }

useTable()

beforeEach(() => {
  jest.spyOn(store, 'random').mockReturnValue(0)
})
afterEach(() => {
  jest.restoreAllMocks()
})

let firstId = 1000
const nextId = (): number => (firstId += 1000)

const expectListings = async ({ events, users }: PlayableLog, leaves: ApiLeave[] = []) => {
  for (const user of users)
    for (const type of ['single', 'group'] as const)
      expect(await listAll(user, type)).toEqual(expectedListing(events, leaves, user, type))
}

/** Delivers events as a queue does: what failed comes again. */
const deliver = async (batch: ChatEvent[]): Promise<void> => {
  let rest = batch
  for (let tries = 0; rest.length > 0; tries += 1) {
    if (tries > 100) throw new Error('events fail again and again')
    const { outcomes } = await applyEvents(store, rest)
    rest = rest.filter((_, index) => outcomes[index] !== undefined)
  }
}

/** Dice from a seed (mulberry32), so that a failing run can be run again. */
const diceOf = (start: number) => {
  let state = start
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** All events, some twice, in any order, in batches of up to five. */
const deliveries = (events: ChatEvent[], dice: () => number): ChatEvent[][] => {
  const shuffled = [...events, ...events.filter(() => dice() < 0.3)]
    .map((event) => ({ event, place: dice() }))
    .sort((a, b) => a.place - b.place)
    .map(({ event }) => event)
  const batches: ChatEvent[][] = []
  while (shuffled.length > 0) batches.push(shuffled.splice(0, 1 + Math.floor(dice() * 5)))
  return batches
}

/** Several workers take from one queue. */
const work = async (tasks: (() => Promise<void>)[], workers: number): Promise<void> => {
  const worker = async () => {
    for (let task = tasks.shift(); task; task = tasks.shift()) await task()
  }
  await Promise.all(Array.from({ length: workers }, worker))
}

const leaveThroughApi = async ({ caller, roomId, now }: PlayableLog['apiLeaves'][number]) => {
  const leaves: ApiLeave[] = []
  const clock = { ...store, now: () => now }
  const calls = await noteCalls(async () => {
    for (;;)
      try {
        await leaveRoom(clock, { caller, roomId })
        return
      } catch (error) {
        if (error instanceof InboxError && error.code === 'room_not_found') return
        if (!(error instanceof Error && error.message === 'crash')) throw error
      }
  })
  // A crash comes after the effect: the leave has happened, though nobody was told.
  for (const { command, input, error } of calls)
    if (command === 'TransactWriteItems' && (error === undefined || error.message === 'crash')) {
      const [row] = (input as any).TransactItems
      const { pk, sk } = row.Update?.Key ?? {}
      if (pk === `USER#${caller}` && sk === `ROOM#${roomId}`)
        leaves.push({
          email: caller,
          room_id: roomId,
          left_at: row.Update.ExpressionAttributeValues[':left_at'],
        })
    }
  return leaves
}

const whenAll = (
  title: string,
  play: (played: PlayableLog, dice: () => number) => Promise<ApiLeave[] | undefined>,
) => {
  test(
    title,
    async () => {
      await fc.assert(
        fc.asyncProperty(log, fc.nat(), async (any, start) => {
          const played = playable(any, nextId())
          const leaves = await play(played, diceOf(start))
          await expectListings(played, leaves)
        }),
        { numRuns: runs, ...seed },
      )
    },
    runs * 2000,
  )
}

whenAll('events in their order make the expected listings', async ({ events }) => {
  for (const event of events) await deliver([event])
  return []
})

whenAll('events in any order, repeated, in batches, make the same', async ({ events }, dice) => {
  for (const batch of deliveries(events, dice)) await deliver(batch)
  return []
})

whenAll('several workers at once make the same', async ({ events }, dice) => {
  await work(
    deliveries(events, dice).map((batch) => () => deliver(batch)),
    4,
  )
  return []
})

whenAll(
  'crashes after any write, conflicts and throttling change nothing',
  async ({ events }, dice) => {
    const tasks = deliveries(events, dice).map((batch) => () => deliver(batch))
    const crash: Fault = () => (dice() < 0.02 ? new Error('crash') : undefined)
    const contention: Fault = ({ command }) => {
      if (command === 'TransactWriteItemsCommand' && dice() < 0.1)
        return cancelled(dice() < 0.5 ? 'TransactionConflict' : 'ThrottlingError', 'None')()
      return command === 'UpdateItemCommand' && dice() < 0.02 ? conflict() : undefined
    }
    await withFault(crash, () => withFault(contention, () => work(tasks, 4)), 'after')
    return []
  },
)

whenAll('leaves through the API are facts among the others', async (played, dice) => {
  const leaves: ApiLeave[] = []
  const tasks = [
    ...deliveries(played.events, dice).map((batch) => () => deliver(batch)),
    ...played.apiLeaves.map((leave) => async () => {
      leaves.push(...(await leaveThroughApi(leave)))
    }),
  ]
    .map((task) => ({ task, place: dice() }))
    .sort((a, b) => a.place - b.place)
    .map(({ task }) => task)
  const crash: Fault = () => (dice() < 0.01 ? new Error('crash') : undefined)
  await withFault(crash, () => work(tasks, 4), 'after')
  return leaves
})
