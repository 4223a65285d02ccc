import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../../../lib/deps.ts'
import { normalizeEmail } from '../../../../lib/domain/email.ts'
import { isRoomEvent } from '../../../../lib/domain/events.ts'
import { keepJoins } from '../../../../lib/domain/room-state.ts'
import { applyEvents } from '../../../../lib/store/apply-events.ts'
import { makeProfileFact } from '../../../../lib/store/facts/facts-of-event.ts'
import { participantKey, roomPartition } from '../../../../lib/store/keys.ts'
import { simulateImport } from '../../../../lib/store/maintenance/verify/simulate-import.ts'
import { eventLog, type NamedLog, nameLog } from '../../../support/event-log.ts'
import { joined, roomCreated } from '../../../support/events.ts'
import { freshEmails, freshId, useTable } from '../../../support/inbox.ts'
import { readPropertySettings } from '../../../support/property.ts'
import { readPartitions } from '../../../support/read-partitions.ts'

/** Random logs; `RUNS` and `SEED` as in convergence.test.ts. */
const { parameters, testLimitMs } = readPropertySettings(8)

useTable()

let lastFirstId = 1000
const nextFirstId = (): number => (lastFirstId += 1000)

/** Groups the events of a log by their rooms, with the profiles that reach each room. */
const listRooms = ({ events }: NamedLog) => {
  const ofRooms = Map.groupBy(events.filter(isRoomEvent), ({ room_id }) => room_id)
  return [...ofRooms].map(([roomId, ofRoom]) => ({
    roomId,
    ofRoom,
    profiles: events
      .filter((event) => event.type === 'profile.updated')
      .map((event) =>
        makeProfileFact(
          participantKey(roomId, normalizeEmail(event.email)),
          event,
          event.occurred_at,
        ),
      ),
  }))
}

/**
 * Leaves out what is no fact, and what may be stored or not: the joins that a leave has ended, and the texts of
 * deleted comments, which are empty.
 */
const normalize = (items: Iterable<Record<string, unknown>>) =>
  [...items]
    .map((stored) => {
      const item = { ...stored }
      delete item['revision']
      if (item['removed_text'] !== undefined) {
        delete item['message']
        delete item['edited_message']
      }
      const joinings = item['joinings'] as Set<string> | undefined
      if (joinings) item['joinings'] = keepJoins(joinings, item['left_at'] as string | undefined)
      return item
    })
    .sort((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1))

test(
  'events that are imported in memory leave the items that the table has',
  async () => {
    await fc.assert(
      fc.asyncProperty(eventLog, async (shape) => {
        const log = nameLog(shape, nextFirstId(), { mayReplace: false })
        const { outcomes } = await applyEvents(store, log.events)
        expect(outcomes.filter(Boolean)).toEqual([])

        for (const { roomId, ofRoom, profiles } of listRooms(log)) {
          const { items, refused } = simulateImport(new Map(), roomId, ofRoom, profiles)

          expect(refused.size).toBe(0)
          expect(normalize(items.values())).toEqual(
            normalize(await readPartitions(store, [roomPartition(roomId).pk])),
          )
        }
      }),
      parameters,
    )
  },
  testLimitMs,
)

test('an event is refused in memory as it is by the table', async () => {
  const roomId = freshId()
  const [ann, ben, cem] = freshEmails(3) as [string, string, string]
  const creation = roomCreated(roomId, 'single', [ann, ben])
  const events = [
    creation,
    joined(roomId, cem, creation.occurred_at),
    roomCreated(roomId, 'group', [ann]),
  ]

  const { refused } = simulateImport(new Map(), roomId, events)
  // One after the other: of two creations in one batch, either may be recorded first.
  const outcomes: (Error | undefined)[] = []
  for (const event of events) outcomes.push(...(await applyEvents(store, [event])).outcomes)

  expect(events.map((event) => refused.get(event)?.message)).toEqual(
    outcomes.map((error) => error?.message),
  )
  expect(refused.size).toBe(2)
})
