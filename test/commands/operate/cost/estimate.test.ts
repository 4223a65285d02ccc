import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { leaveOfGroup, pageOfGroups } from '../../../../commands/operate/cost/capacity.ts'
import { perMillion, perMonth } from '../../../../commands/operate/cost/estimate.ts'
import { prices } from '../../../../commands/operate/cost/prices.ts'

const usage = {
  users: 1000,
  opens: 10,
  comments: 20,
  groupPercent: 0,
  groupSize: 20,
  provisionedConcurrency: 0,
  eventsPerEntry: 1,
  changes: false,
  badges: false,
}

test('a month is its calls and events, at the price of a million of each', () => {
  const price = perMillion(usage)
  const { calls, events } = perMonth(usage)

  expect(calls).toBeCloseTo(0.3 * price['GET /chat/all']!)
  expect(events).toBeCloseTo(0.6 * (price['comment, personal']! + price['read, personal']!))
})

test('a leave costs a call, a run of publish-changes and an event on the bus', () => {
  const price = perMillion(usage)
  const { readUnits, writeUnits } = leaveOfGroup
  const capacity =
    (readUnits - pageOfGroups.readUnits) * prices.perMillionReadUnits +
    writeUnits * prices.perMillionWriteUnits

  expect(price['POST /chat/leave, group']! - price['GET /chat/group']! - capacity).toBeCloseTo(
    prices.perMillionEvents + 0.2 + 0.13 + 0.15,
    1,
  )
})

test('twice the users cost twice as much', () => {
  const [one, two] = [perMonth(usage), perMonth({ ...usage, users: 2000 })]

  expect(two.calls).toBeCloseTo(2 * one.calls)
  expect(two.events).toBeCloseTo(2 * one.events)
})

test('provisioned concurrency costs the memory of all listing functions for a month, called or not', () => {
  const { calls, events, provisioned } = perMonth({ ...usage, provisionedConcurrency: 3 })

  expect({ calls, events, provisioned: 0 }).toEqual(perMonth(usage))
  const gigabyteSeconds = 3 * 3 * 0.5 * 30 * 86_400
  expect(provisioned).toBeCloseTo(gigabyteSeconds * 0.0000033334)
  expect(perMonth({ ...usage, users: 1, provisionedConcurrency: 3 }).provisioned).toBe(provisioned)
})

test('ten events in one entry share the price of the bus and the queue, and nothing else', () => {
  const [one, ten] = [perMillion(usage), perMillion({ ...usage, eventsPerEntry: 10 })]

  const { perMillionEvents, perMillionQueueRequests } = prices
  const saved = 0.9 * (perMillionEvents + 3 * perMillionQueueRequests)
  expect(one['comment, personal']! - ten['comment, personal']!).toBeCloseTo(saved)
  expect(one['GET /chat/personal']).toBe(ten['GET /chat/personal'])
})

test('with changes, an event costs $1.02 more for each row that it changes, with badges $2.27 more', () => {
  const price = (publishing: object) => perMillion({ ...usage, ...publishing })
  const [none, changes, badges] = [
    price({}),
    price({ changes: true }),
    price({ changes: true, badges: true }),
  ]

  expect(changes['comment, personal']! - none['comment, personal']!).toBeCloseTo(2.05, 2)
  expect(badges['comment, personal']! - none['comment, personal']!).toBeCloseTo(4.55, 2)
  expect(changes['read, group']! - none['read, group']!).toBeCloseTo(1.02, 2)
  expect(changes['comment, group of 20']! - none['comment, group of 20']!).toBeCloseTo(20.48, 1)
  expect(badges['GET /chat/all']).toBe(none['GET /chat/all'])
})

test('docs/operations.md gives the prices that it prints', () => {
  const operations = readFileSync(
    new URL('../../../../docs/operations.md', import.meta.url),
    'utf8',
  )
  const price = perMillion(usage)

  for (const thing of [
    'GET /chat/personal',
    'GET /chat/group',
    'GET /chat/all',
    'GET /chat/all?since=…, 100 rooms',
    'POST /chat/leave, personal',
    'POST /chat/leave, group',
    'comment, personal',
  ])
    expect(operations).toContain(`$${price[thing]!.toFixed(2)}`)
  const { provisioned } = perMonth({ ...usage, provisionedConcurrency: 1 })
  expect(operations).toContain(`$${provisioned.toFixed(2)}`)
})
