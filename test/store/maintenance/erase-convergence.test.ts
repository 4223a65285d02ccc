import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../../lib/deps.ts'
import { normalizeEmail } from '../../../lib/domain/email.ts'
import type { ChatEvent, NamedParticipant } from '../../../lib/domain/events.ts'
import { applyEvents } from '../../../lib/store/apply-events.ts'
import type { Deferral } from '../../../lib/store/project-large-room.ts'
import { eraseUsers } from '../../../lib/store/maintenance/erase-users.ts'
import {
  callNumbers,
  crashAfter,
  deliver,
  deliverBatches,
  makeBatches,
  makeDeliveryTasks,
  runWithWorkers,
} from '../../support/deliver.ts'
import { eventLog, type NamedLog, nameLog } from '../../support/event-log.ts'
import { computeListing } from '../../support/expected-listing.ts'
import { withFault } from '../../support/faults.ts'
import { listAll, useTable } from '../../support/inbox.ts'
import { scanFor } from '../../support/scan-for.ts'
import { readPropertySettings } from '../../support/property.ts'
import { RequestedProjections } from '../../support/requested-projections.ts'

/**
 * For any log of events, one user is erased: the table has nothing of that user, and everybody else's
 * listings are those of the same log in which the user has left and the user's comments have no text. A
 * failure prints its seed; `SEED=…` runs it again.
 */
const { parameters, testLimitMs } = readPropertySettings(3)

useTable()

beforeEach(() => {
  jest.spyOn(store, 'random').mockReturnValue(0)
})
afterEach(() => {
  jest.restoreAllMocks()
})

let lastFirstId = 1000
const nextFirstId = (): number => (lastFirstId += 1000)

interface MarkedLog extends NamedLog {
  /** The user to erase. */
  email: string
  /** In every text that is the user's, and in no other. */
  mark: string
}

/** Marks what the first user of a log is called, shows and writes, so that a scan can find it. */
const markFirstUser = (log: NamedLog, mark: string): MarkedLog => {
  const email = log.users[0]!
  const isUser = (address: string) => normalizeEmail(address) === email
  const ownComments = new Set(
    log.events.flatMap((event) =>
      event.type === 'comment.posted' && isUser(event.email) ? [event.comment_id] : [],
    ),
  )
  const markPerson = (person: NamedParticipant): NamedParticipant =>
    isUser(person.email)
      ? { ...person, username: person.username + mark, avatar_url: person.avatar_url + mark }
      : person
  const markEvent = (event: ChatEvent): ChatEvent => {
    switch (event.type) {
      case 'room.created':
        return { ...event, participants: event.participants.map(markPerson) }
      case 'participant.joined':
        return { ...event, participant: markPerson(event.participant) }
      case 'profile.updated':
        return isUser(event.email) ? { ...event, username: event.username + mark } : event
      case 'comment.posted':
      case 'comment.edited':
        return ownComments.has(event.comment_id)
          ? { ...event, message: event.message + mark }
          : event
      default:
        return event
    }
  }
  const marked = new Map(log.events.map((event) => [event, markEvent(event)]))
  return {
    ...log,
    email,
    mark,
    events: [...marked.values()],
    deliveries: log.deliveries.map((one) => ({ ...one, event: marked.get(one.event)! })),
  }
}

const erase = (email: string) =>
  eraseUsers(store, [email], {
    onRoom: () => undefined,
    onPage: () => undefined,
    onUnreadable: () => undefined,
  })

const expectErased = async ({ email, mark, events, users }: MarkedLog): Promise<void> => {
  const rooms = new Set(events.flatMap((event) => ('room_id' in event ? [event.room_id] : [])))
  const leaves = [...rooms].map((room_id) => ({ email, room_id, left_at: '2999', isErased: true }))
  const withoutTexts = events.map((event) =>
    'message' in event && event.message.endsWith(mark) ? { ...event, message: '' } : event,
  )
  expect(await scanFor([email, mark])).toEqual([])
  for (const user of users.filter((user) => user !== email))
    for (const type of ['single', 'group'] as const)
      expect(await listAll(user, type)).toEqual(computeListing(withoutTexts, leaves, user, type))
}

const testErasure = <Choices>(
  title: string,
  choices: fc.Arbitrary<Choices>,
  play: (
    log: MarkedLog,
    choices: Choices,
    deferral: Deferral,
    projections: RequestedProjections,
  ) => Promise<void>,
) => {
  test(
    title,
    async () => {
      await fc.assert(
        fc.asyncProperty(
          eventLog,
          choices,
          fc.constantFrom(100, 2, 1, 0),
          async (log, chosen, above) => {
            const firstId = nextFirstId()
            const marked = markFirstUser(
              nameLog(log, firstId, { mayReplace: false }),
              `mark-${firstId}-`,
            )
            const projections = new RequestedProjections()
            await play(marked, chosen, projections.deferAbove(above), projections)
            // What was requested before the erasure may arrive after it.
            await projections.receiveAll()
            await expectErased(marked)
          },
        ),
        parameters,
      )
    },
    testLimitMs,
  )
}

const eraseUntilDone = async (email: string): Promise<void> => {
  for (;;)
    try {
      await erase(email)
      return
    } catch (error) {
      if (!(error instanceof Error && error.message === 'crash')) throw error
    }
}

testErasure(
  'an erased user leaves nothing behind and the others see a leave, also if it is stopped after any calls and run again',
  fc.record({ crashes: callNumbers(6, 80) }),
  async ({ deliveries, email }, { crashes }, deferral) => {
    await deliverBatches(makeBatches(deliveries), deferral)
    await withFault(crashAfter(crashes), () => eraseUntilDone(email), 'after')
  },
)

testErasure(
  'batches that stopped halfway do not hide a user, and repeated events bring back no text',
  fc.record({ crashes: callNumbers(24) }),
  async ({ deliveries, email, events }, { crashes }, deferral) => {
    await withFault(
      crashAfter(crashes),
      async () => {
        for (const batch of makeBatches(deliveries))
          await applyEvents(store, batch.events, deferral)
      },
      'after',
    )
    await erase(email)
    expect(await scanFor([email])).toEqual([])
    // Now everything that was lost arrives, and everything else for the second time.
    await deliver(events, deferral)
    await erase(email)
  },
)

testErasure(
  'an erasure while events of others are applied is complete once it is run again',
  fc.record({ scheduler: fc.scheduler(), crashes: callNumbers(8) }),
  async ({ deliveries, email }, { scheduler, crashes }, deferral, projections) => {
    const isOfUser = ({ event }: { event: ChatEvent }) =>
      JSON.stringify(event).toLowerCase().includes(email)
    await deliverBatches(makeBatches(deliveries.filter(isOfUser)), deferral)
    const others = deliveries.filter((delivery) => !isOfUser(delivery))
    const erasure = { place: 500, run: () => eraseUntilDone(email) }
    const tasks = [...makeDeliveryTasks(others, deferral), erasure].sort(
      (a, b) => a.place - b.place,
    )
    await withFault(
      crashAfter(crashes),
      () => runWithWorkers(tasks, scheduler, projections),
      'after',
    )
    await erase(email)
  },
)
