import { beforeAll, expect, jest, test } from '@jest/globals'
import { projectRoot } from '../../infra/bundling.ts'
import type { Product } from './product.ts'
import type { Scenario } from './scenarios.ts'
import type { Result } from './simulate.ts'

// What redirect-timers.ts does outside of Jest.
jest.unstable_mockModule('node:timers/promises', () => import('./virtual-timers.ts'))

const { loadProduct } = await import('./product.ts')
const { simulate } = await import('./simulate.ts')

/** A large group gets comments on a table that takes less than they write, and small rooms beside it. */
const scenario: Scenario = {
  name: 'small',
  main: { rooms: 1, people: 101, comments: Array.from({ length: 20 }, (_, index) => index * 100) },
  beside: { rooms: 3, people: 2, comments: [0, 500, 1000] },
  tableUnits: 100,
}

let product: Product
let first: Result
beforeAll(async () => {
  product = await loadProduct(projectRoot)
  first = await simulate(product, scenario, 1)
})

test('a table that throttles loses nothing: no dead letter, and every row shows the newest comment', () => {
  expect(first).toMatchObject({
    deadLetters: 0,
    main: { comments: 20, rowsBehind: 0 },
    beside: { comments: 3, rowsBehind: 0 },
  })
  expect(first.throttledWrites).toBeGreaterThan(0)
})

test('comments of a large group share their rows', () => {
  expect(first.main.rowsWritten).toBeGreaterThanOrEqual(101)
  expect(first.main.rowsWritten).toBeLessThanOrEqual(3 * 101)
  expect(first.beside?.rowsWritten).toBe(6)
})

test('the first comment of a large group waits for the delay of its queue', () => {
  expect(first.main.ages.quantile(1)).toBeGreaterThanOrEqual(2000)
  expect(first.doneAfterMs).toBeLessThan(60_000)
})

// Real calls of the engine that are in flight together can end in another order on a busy machine.
test('the same seed gives the same rows in about the same time', async () => {
  const again = await simulate(product, scenario, 1)

  expect(again.main.rowsOfComments).toBe(first.main.rowsOfComments)
  expect(again.beside?.rowsWritten).toBe(first.beside?.rowsWritten)
  expect(again.doneAfterMs! / first.doneAfterMs!).toBeGreaterThan(0.5)
  expect(again.doneAfterMs! / first.doneAfterMs!).toBeLessThan(2)
})

test('another seed gives another result', async () => {
  expect(await simulate(product, scenario, 2)).not.toEqual(first)
})
