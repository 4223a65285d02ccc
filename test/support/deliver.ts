import fc from 'fast-check'
import { store } from '../../lib/deps.ts'
import { EventRefused } from '../../lib/domain/errors.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import type { Deferral } from '../../lib/store/project-large-room.ts'
import type { EventDelivery } from './event-log.ts'
import type { Fault } from './faults.ts'
import { intercept } from './intercept.ts'
import type { RequestedProjections } from './requested-projections.ts'

/**
 * Delivers events as a queue does: failed events are delivered again.
 * @returns the events that were refused, such as a join of a full room: they wait for other events
 */
const deliverOnce = async (batch: ChatEvent[], deferral?: Deferral): Promise<ChatEvent[]> => {
  const refused: ChatEvent[] = []
  let rest = batch
  for (let tries = 0; rest.length > 0; tries += 1) {
    if (tries > 100) throw new Error('events fail again and again')
    const { outcomes } = await applyEvents(store, rest, deferral)
    refused.push(...rest.filter((_, index) => outcomes[index] instanceof EventRefused))
    rest = rest.filter(
      (_, index) => outcomes[index] !== undefined && !(outcomes[index] instanceof EventRefused),
    )
  }
  return refused
}

/** Delivers events until none fails. */
export const deliver = async (batch: ChatEvent[], deferral?: Deferral): Promise<void> => {
  let rest = batch
  for (let tries = 0; rest.length > 0; tries += 1) {
    if (tries > 100) throw new Error('events are refused again and again')
    rest = await deliverOnce(rest, deferral)
  }
}

/** Delivers batches one after the other. An event that is refused is delivered again with the next one. */
export const deliverBatches = async (
  batches: { events: ChatEvent[] }[],
  deferral?: Deferral,
  projections?: RequestedProjections,
): Promise<void> => {
  let refused: ChatEvent[] = []
  for (const { events } of batches) {
    refused = await deliverOnce([...refused, ...events], deferral)
    if (events.length % 2 === 0) await projections?.receive()?.()
  }
  await deliver(refused, deferral)
}

export const byPlace = (a: { place: number }, b: { place: number }): number => a.place - b.place

export interface Task {
  place: number
  run: () => Promise<void>
}

/** Sorts deliveries by their places and cuts them into batches. A batch has its first place. */
export const makeBatches = (
  deliveries: EventDelivery[],
): { place: number; events: ChatEvent[] }[] => {
  const batches: ReturnType<typeof makeBatches> = []
  let isOpen = false
  for (const { event, place, endsBatch } of deliveries.toSorted(byPlace)) {
    if (isOpen) batches.at(-1)!.events.push(event)
    else batches.push({ place, events: [event] })
    isOpen = !endsBatch
  }
  return batches
}

/**
 * An event that is refused is delivered again with the next batch, or by the task that ends last.
 * @param deferral of most batches; the others are applied as by an import, which defers nothing
 */
export const makeDeliveryTasks = (deliveries: EventDelivery[], deferral?: Deferral): Task[] => {
  const batches = makeBatches(deliveries)
  const refused: ChatEvent[] = []
  const takeRefused = () => refused.splice(0)
  let unfinished = batches.length
  return batches.map(({ place, events }, index) => ({
    place,
    run: async () => {
      const isImport = index % 5 === 4
      const waiting = [...takeRefused(), ...events]
      refused.push(...(await deliverOnce(waiting, isImport ? undefined : deferral)))
      unfinished -= 1
      if (unfinished === 0) await deliver(takeRefused(), deferral)
    },
  }))
}

/**
 * Runs tasks with four workers that take them from one queue. Their calls of the table take effect one
 * at a time, in an order that the scheduler chooses.
 * @param projections that the tasks request: the workers carry them out in between
 */
export const runWithWorkers = async (
  tasks: Task[],
  scheduler: fc.Scheduler,
  projections?: RequestedProjections,
): Promise<void> => {
  const queue = [...tasks]
  const work = async (): Promise<void> => {
    for (;;) {
      const task = queue.shift()
      await task?.run()
      const project = projections?.receive()
      await project?.()
      if (!task && !project) return
    }
  }
  await intercept(
    async ({ command, send }) => {
      const { promise: isDone, resolve: finish } = Promise.withResolvers<undefined>()
      await scheduler.schedule(Promise.resolve(), command, undefined, async (start) => {
        await start()
        await isDone
      })
      return send().finally(() => {
        finish(undefined)
      })
    },
    () => scheduler.waitFor(Promise.all([work(), work(), work(), work()])),
  )
}

/**
 * Numbers of calls.
 * @param most of them
 * @param below one more than the largest; a log is applied by 70 to 400 calls
 */
export const callNumbers = (most: number, below = 400): fc.Arbitrary<Set<number>> =>
  fc
    .uniqueArray(fc.noBias(fc.nat(below - 1)), { maxLength: most, size: 'max' })
    .map((numbers) => new Set(numbers))

/** Fails calls after they took effect, as if the function crashed before it got the response. */
export const crashAfter =
  (numbers: Set<number>): Fault =>
  ({ number }) =>
    numbers.has(number) ? new Error('crash') : undefined
