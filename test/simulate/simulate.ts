import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTable } from '../../commands/local/table.ts'
import { store as ownStore } from '../../lib/deps.ts'
import { parseActivity, roomPartition } from '../../lib/store/keys.ts'
import type { Store } from '../../lib/store/store.ts'
import { diceOf } from '../model/choices.ts'
import type { Ages } from './ages.ts'
import type { Write } from './call.ts'
import { Capacity } from './capacity.ts'
import { VirtualClock } from './clock.ts'
import { PartitionOrder } from './edge.ts'
import { Functions } from './functions.ts'
import type { Product } from './product.ts'
import { Queue } from './queue.ts'
import { seedWatched, WatchedRooms } from './rooms.ts'
import type { Scenario } from './scenarios.ts'
import { inVirtualTime } from './virtual-timers.ts'

/** A simulation ends at this time, even if not all is done. */
const longestMs = 2 * 60 * 60 * 1000
/** Sending a message to a queue takes this long. */
const sendMs = 8

/** What happened to rooms of one size. */
export interface RoomsResult {
  comments: number
  rowsWritten: number
  /** If each comment wrote the row of each person once. */
  rowsOfComments: number
  ages: Ages
  /** Rows that do not show the newest comment at the end. */
  rowsBehind: number
}

export interface Result {
  main: RoomsResult
  beside: RoomsResult | undefined
  failedDeliveries: number
  deadLetters: number
  writeUnits: number
  throttledWrites: number
  /** Undefined if not all was done when the simulation ended. */
  doneAfterMs: number | undefined
  gbSeconds: number
}

/** @returns random numbers of a seed, at least 0 and less than 1 */
export const randomOf = (seed: number): (() => number) => {
  const choose = diceOf(seed)
  return () => choose(2 ** 32) / 2 ** 32
}

/** Runs a scenario on a new table of the engine. The same seed gives the same result. */
export const simulate = async (
  product: Product,
  scenario: Scenario,
  seed: number,
): Promise<Result> => {
  const store = { ...ownStore, tableName: `simulated-${randomUUID()}` }
  await createTable(new DynamoDBClient(), store.tableName)
  const main = new WatchedRooms(scenario.main, 1)
  const beside = scenario.beside && new WatchedRooms(scenario.beside, scenario.main.rooms + 1)
  const all = beside ? [main, beside] : [main]
  await seedWatched(store, all)

  const clock = new VirtualClock()
  const random = randomOf(seed)
  const capacity = new Capacity(clock, {
    table: scenario.tableUnits,
    partitions: limitPartitions(beside, scenario.unitsBeside),
  })
  const onWritten = ({ partition, activity }: Write) => {
    if (activity === undefined) return
    const { roomId, commentId } = parseActivity(activity)
    const rooms = all.find((each) => each.has(roomId))
    rooms?.noteRow(roomId, partition, commentId, clock.now)
  }
  const surroundings = { clock, random, capacity, order: new PartitionOrder(), onWritten }
  const functions = new Functions(surroundings, store.tableName)

  const { makeClient, projections } = product
  const events = new Queue(clock, product.eventsQueue)
  const requests = projections && new Queue(clock, projections.queue)
  const request = async (roomId: number, body: string) => {
    await clock.sleep(sendMs)
    requests?.send(body, String(roomId))
  }
  let unsent = 0
  for (const rooms of all) {
    unsent += rooms.comments.length
    for (const [index, at] of rooms.comments.entries())
      clock.at(at, () => {
        events.send(rooms.comment(index, clock.now))
        unsent -= 1
      })
  }
  const isDone = () => unsent === 0 && events.isEmpty && (requests?.isEmpty ?? true)

  await inVirtualTime(clock, () =>
    withoutLogs(async () => {
      functions.start(events, product.eventsQueue, makeClient, (one) =>
        product.makeEventHandler(one, request),
      )
      if (projections && requests)
        functions.start(requests, projections.queue, makeClient, projections.makeHandler)
      await clock.runUntil(() => {
        functions.throwIfCrashed()
        return isDone() || clock.now > longestMs
      })
    }),
  )
  functions.end()
  return {
    main: await resultOf(main, store),
    beside: beside && (await resultOf(beside, store)),
    failedDeliveries: functions.runs.failedDeliveries,
    deadLetters: events.dead.length + (requests?.dead.length ?? 0),
    writeUnits: capacity.units,
    throttledWrites: capacity.throttled,
    doneAfterMs: isDone() ? clock.now : undefined,
    gbSeconds: functions.runs.gbSeconds,
  }
}

const limitPartitions = (rooms?: WatchedRooms, units?: number): Map<string, number> =>
  new Map(
    units === undefined ? [] : rooms?.roomIds.map((roomId) => [roomPartition(roomId).pk, units]),
  )

const resultOf = async (rooms: WatchedRooms, store: Store): Promise<RoomsResult> => ({
  comments: rooms.comments.length,
  rowsWritten: rooms.rowsWritten,
  rowsOfComments: rooms.comments.length * rooms.people,
  ages: rooms.ages,
  rowsBehind: await rooms.countRowsBehind(store),
})

/** The handlers log a line for each batch and each failure. */
const withoutLogs = async <T>(work: () => Promise<T>): Promise<T> => {
  const { log, error } = console
  console.log = console.error = () => undefined
  try {
    return await work()
  } finally {
    Object.assign(console, { log, error })
  }
}
