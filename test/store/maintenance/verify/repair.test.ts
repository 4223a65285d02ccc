import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { store } from '../../../../lib/deps.ts'
import { EventRefused } from '../../../../lib/domain/errors.ts'
import type { ChatEvent } from '../../../../lib/domain/events.ts'
import { toTimestamp } from '../../../../lib/domain/time.ts'
import { applyEvents } from '../../../../lib/store/apply-events.ts'
import type { Remedy } from '../../../../lib/store/maintenance/verify/judge.ts'
import { eventLog, nameLog } from '../../../support/event-log.ts'
import { useTable } from '../../../support/inbox.ts'
import { readPropertySettings } from '../../../support/property.ts'
import { verifyEvents } from '../../../support/verify.ts'

/** Random logs; `RUNS` and `SEED` as in convergence.test.ts. */
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

/** What happens to an event of the files before the table gets it. */
const damage = fc.constantFrom('none', 'none', 'none', 'lost', 'earlier', 'later')
const damages = fc.array(damage, { minLength: 16, maxLength: 16 })

const shift = (event: ChatEvent, hours: number): ChatEvent => ({
  ...event,
  occurred_at: toTimestamp(Date.parse(event.occurred_at) + hours * 3_600_000),
})

/** The table refuses some of the events that are not in the files, such as one with the other type of a room. */
const applyAny = async (events: ChatEvent[]): Promise<void> => {
  const { outcomes } = await applyEvents(store, events)
  expect(outcomes.filter((error) => error && !(error instanceof EventRefused))).toEqual([])
}

const applyAll = async (events: ChatEvent[]): Promise<void> => {
  const { outcomes } = await applyEvents(store, events)
  expect(outcomes.filter(Boolean)).toEqual([])
}

/** Random files, and a table with other events, without some and with the wrong times of some. */
const damagedTable = fc.record({ files: eventLog, others: eventLog, damages })

const prepare = async (
  { files, others, damages }: typeof damagedTable extends fc.Arbitrary<infer One> ? One : never,
  firstId: number,
): Promise<ChatEvent[]> => {
  const { events } = nameLog(files, firstId, { mayReplace: false })
  const damaged = events.flatMap((event, index) => {
    switch (damages[index % damages.length]!) {
      case 'none':
        return [event]
      case 'lost':
        return []
      case 'earlier':
        return [shift(event, -2)]
      default:
        return [shift(event, 2)]
    }
  })
  await applyAny([...damaged, ...nameLog(others, firstId, { mayReplace: true }).events])
  return events
}

/** What of each remedy differs. */
const verify = async (events: ChatEvent[]) => {
  const { differences, repairs } = await verifyEvents(events)
  const list = (...remedies: Remedy[]) =>
    differences.filter(({ remedy }) => remedies.includes(remedy)).map(({ what }) => what)
  return { list, repairs }
}

test(
  'the repairs correct everything that is not reported as beyond correction',
  async () => {
    await fc.assert(
      fc.asyncProperty(damagedTable, async (given) => {
        const events = await prepare(given, nextFirstId())
        const before = await verify(events)

        await applyAll(before.repairs)

        const after = await verify(events)
        expect(after.list('import', 'repair')).toEqual([])
        expect(before.list('none')).toEqual(expect.arrayContaining(after.list('none')))
      }),
      parameters,
    )
  },
  testLimitMs,
)

test(
  'importing the files again corrects exactly what is reported so',
  async () => {
    await fc.assert(
      fc.asyncProperty(damagedTable, async (given) => {
        const events = await prepare(given, nextFirstId())
        const before = await verify(events)

        await applyAny(events)

        const after = await verify(events)
        const left = after.list('import', 'repair', 'none')
        expect(after.list('import')).toEqual([])
        expect(left).toEqual(expect.arrayContaining(before.list('repair', 'none')))
        expect(before.list('import').filter((what) => left.includes(what))).toEqual([])
      }),
      parameters,
    )
  },
  testLimitMs,
)

test(
  'a table that has the events of the files, in any order, does not differ',
  async () => {
    await fc.assert(
      fc.asyncProperty(eventLog, async (shape) => {
        const { events } = nameLog(shape, nextFirstId(), { mayReplace: false })
        await applyAll(events.toReversed())

        expect(await verifyEvents(events)).toEqual({ differences: [], repairs: [] })
      }),
      parameters,
    )
  },
  testLimitMs,
)
