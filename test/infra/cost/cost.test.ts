import { expect, test } from '@jest/globals'
import { perMillion, perMonth } from '../../../infra/cost/estimate.ts'
import { ended, run } from '../../support/run.ts'

const usage = { users: 1000, opens: 10, comments: 20, groupPercent: 0, groupSize: 20 }

test('a month is its calls and events, at the price of a million of each', () => {
  const price = perMillion(usage)
  const { calls, events } = perMonth(usage)

  expect(calls).toBeCloseTo(0.3 * (price['GET /chat/personal']! + price['GET /chat/group']!))
  expect(events).toBeCloseTo(0.6 * (price['comment, personal']! + price['read, personal']!))
})

test('twice the users cost twice as much', () => {
  const [one, two] = [perMonth(usage), perMonth({ ...usage, users: 2000 })]

  expect(two.calls).toBeCloseTo(2 * one.calls)
  expect(two.events).toBeCloseTo(2 * one.events)
})

test('npm run cost prints dollars per million calls and per thousand daily users', async () => {
  const { code, output } = await ended(run('cost/cost', ['--users', '5000']))

  expect(code).toBe(0)
  expect(output).toMatch(/list prices of \d{4}-\d\d-\d\d/)
  expect(output).toMatch(/GET \/chat\/personal +\d+\.\d\d/)
  expect(output).toMatch(/for each thousand daily users +\d+\.\d\d/)
})

test.each([[[]], [['--users', '0']], [['--users', 'x']], [['--group-size', '5000']], [['--what']]])(
  'wrong arguments %j end in a sentence and the usage',
  async (args) => {
    const { code, output } = await ended(run('cost/cost', args))

    expect(code).toBe(2)
    expect(output).toMatch(/usage: npm run cost/)
    expect(output).not.toMatch(/\n {4}at /)
  },
)
