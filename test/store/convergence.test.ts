import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../lib/deps.ts'
import { InboxError } from '../../lib/domain/errors.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { leaveRoom } from '../../lib/store/leave-room.ts'
import { noteCalls } from '../support/calls.ts'
import {
  byPlace,
  callNumbers,
  crashAfter,
  deliver,
  deliverBatches,
  makeBatches,
  makeDeliveryTasks,
  runWithWorkers,
} from '../support/deliver.ts'
import { type ApiLeaveCall, eventLog, type NamedLog, nameLog } from '../support/event-log.ts'
import { type ApiLeave, computeListing, computeUnread } from '../support/expected-listing.ts'
import {
  cancelled,
  conflict,
  type Fault,
  withFault,
  withStatementFault,
} from '../support/faults.ts'
import { listAll, listUnread, useTable } from '../support/inbox.ts'
import { intercept } from '../support/intercept.ts'
import { readPropertySettings } from '../support/property.ts'
import { RequestedProjections } from '../support/requested-projections.ts'
import type { Deferral } from '../../lib/store/project-large-room.ts'

/**
 * For any log of events, delivered in any order, with repeats and with crashes between any two writes,
 * with large groups or without, every user's listings end up the same, those of unread rooms included. A failure prints its seed; `SEED=…` runs it again.
 */
const { parameters, testLimitMs } = readPropertySettings(8)

useTable()

beforeEach(() => {
  jest.spyOn(store, 'random').mockReturnValue(0)
})
afterEach(() => {
  jest.restoreAllMocks()
})

let lastFirstId = 1000
const nextFirstId = (): number => (lastFirstId += 1000)

const expectListings = async ({ events, users }: NamedLog, leaves: ApiLeave[]) => {
  for (const user of users)
    for (const type of ['single', 'group'] as const) {
      expect(await listAll(user, type)).toEqual(computeListing(events, leaves, user, type))
      expect(await listUnread(user, type)).toEqual(computeUnread(events, leaves, user, type))
    }
}

/** Leaves a room through the API, again after each crash, and notes the leaves that took effect. */
const leaveThroughApi = async ({ caller, roomId, now }: ApiLeaveCall, leaves: ApiLeave[]) => {
  const storeOfCall = { ...store, now: () => now }
  const calls = await noteCalls(async () => {
    for (;;)
      try {
        await leaveRoom(storeOfCall, { caller, roomId })
        return
      } catch (error) {
        if (error instanceof InboxError && error.code === 'room_not_found') return
        if (!(error instanceof Error && error.message === 'crash')) throw error
      }
  })
  // A leave whose call crashed has taken effect as well.
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
}

/** How large groups are projected in a run. */
interface Projecting {
  deferral: Deferral
  projections: RequestedProjections
}

/**
 * Tests that random logs end in the expected listings.
 * @param play delivers a log's events, and returns the leaves through the API that took effect
 */
const testListings = <Choices>(
  title: string,
  choices: fc.Arbitrary<Choices>,
  play: (log: NamedLog, choices: Choices, projecting: Projecting) => Promise<ApiLeave[]>,
) => {
  test(
    title,
    async () => {
      await fc.assert(
        fc.asyncProperty(
          eventLog,
          choices,
          fc.constantFrom(100, 2, 1, 0),
          callNumbers(4, 20),
          async (log, chosen, above, faults) => {
            const named = nameLog(log, nextFirstId(), { mayReplace: true })
            const projections = new RequestedProjections(faults)
            const deferral = projections.deferAbove(above)
            const leaves = await play(named, chosen, { deferral, projections })
            await projections.receiveAll()
            await expectListings(named, leaves)
          },
        ),
        parameters,
      )
    },
    testLimitMs,
  )
}

/** In the order of time, a log never exceeds the limit of a room. So nothing is refused if leaves come in time. */
const expectAccepted = async (events: ChatEvent[], { deferral }: Projecting) => {
  const { outcomes } = await applyEvents(store, events, deferral)
  expect(outcomes.filter(isRefusal)).toEqual([])
  await deliver(
    events.filter((_, index) => outcomes[index] !== undefined),
    deferral,
  )
}

const isRefusal = (error: Error | undefined) => error !== undefined && error.message !== 'crash'

testListings(
  'events in their order make the expected listings',
  fc.constant({}),
  async (log, _, projecting) => {
    for (const event of log.events) await expectAccepted([event], projecting)
    return []
  },
)

testListings(
  'all events in one batch, in any order, make the expected listings',
  fc.constant({}),
  async ({ deliveries }, _, projecting) => {
    const events = deliveries.toSorted(byPlace).map(({ event }) => event)
    await expectAccepted(events, projecting)
    return []
  },
)

testListings(
  'events in any order, with repeats, in batches, make the expected listings',
  fc.constant({}),
  async ({ deliveries }, _, { deferral, projections }) => {
    await deliverBatches(makeBatches(deliveries), deferral, projections)
    return []
  },
)

testListings(
  'facts that are read three items at a time make the expected listings',
  fc.constant({}),
  async ({ deliveries }, _, { deferral }) => {
    await intercept(
      ({ command, input, send }) =>
        send(command === 'Query' && input['Limit'] ? { ...input, Limit: 3 } : input),
      () => deliverBatches(makeBatches(deliveries), deferral),
    )
    return []
  },
)

testListings(
  'events that four workers apply at once make the expected listings',
  fc.record({ scheduler: fc.scheduler() }),
  async ({ deliveries }, { scheduler }, { deferral, projections }) => {
    await runWithWorkers(makeDeliveryTasks(deliveries, deferral), scheduler, projections)
    return []
  },
)

testListings(
  'crashes after any call, conflicts and throttling do not change the listings',
  fc.record({
    scheduler: fc.scheduler(),
    crashes: callNumbers(16),
    conflicts: callNumbers(40),
    throttles: callNumbers(40),
    statements: callNumbers(80),
  }),
  async (
    { deliveries },
    { scheduler, crashes, conflicts, throttles, statements },
    { deferral, projections },
  ) => {
    const contention: Fault = ({ command, number }) => {
      if (command === 'TransactWriteItems' && conflicts.has(number))
        return cancelled('TransactionConflict', 'None')()
      if (command === 'TransactWriteItems' && throttles.has(number))
        return cancelled('ThrottlingError', 'None')()
      return command === 'UpdateItem' && conflicts.has(number) ? conflict() : undefined
    }
    await withFault(
      crashAfter(crashes),
      () =>
        withFault(contention, () =>
          withStatementFault(
            (number) => (statements.has(number) ? 'ThrottlingError' : undefined),
            () => runWithWorkers(makeDeliveryTasks(deliveries, deferral), scheduler, projections),
          ),
        ),
      'after',
    )
    return []
  },
)

testListings(
  'leaves through the API are facts like the events',
  fc.record({ scheduler: fc.scheduler(), crashes: callNumbers(8) }),
  async ({ deliveries, apiLeaves }, { scheduler, crashes }, { deferral, projections }) => {
    const leaves: ApiLeave[] = []
    const leaveTasks = apiLeaves.map((call) => ({
      place: call.place,
      run: () => leaveThroughApi(call, leaves),
    }))
    const tasks = [...makeDeliveryTasks(deliveries, deferral), ...leaveTasks].sort(byPlace)
    await withFault(
      crashAfter(crashes),
      () => runWithWorkers(tasks, scheduler, projections),
      'after',
    )
    return leaves
  },
)
