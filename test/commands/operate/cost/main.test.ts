import { expect, test } from '@jest/globals'
import { ended, run } from '../../../support/run.ts'

test('npm run cost prints dollars per million calls and per thousand daily users', async () => {
  const { code, output } = await ended(run('cost', ['--users', '5000']))

  expect(code).toBe(0)
  expect(output).toMatch(/List prices of \d{4}-\d\d-\d\d/)
  expect(output).toMatch(/GET \/chat\/personal +\d+\.\d\d/)
  expect(output).toMatch(/provisioned concurrency +0\.00/)
  expect(output).toMatch(/per thousand daily users +\d+\.\d\d/)
  expect(output).toMatch(/Not included: storage .* point-in-time recovery .*\noutbound traffic/)
})

test('npm run cost prints the price of provisioned concurrency, and includes it in the total', async () => {
  const { output } = await ended(run('cost', ['--users', '1', '--provisioned-concurrency', '2']))

  expect(output).toMatch(/provisioned concurrency +25\.92\n +total +25\.\d\d\n/)
})

test.each([
  [[]],
  [['--users', '0']],
  [['--users', 'x']],
  [['--group-size', '5000']],
  [['--users', '1', '--provisioned-concurrency', '-1']],
  [['--what']],
])('wrong arguments %j end in a sentence and the usage', async (args) => {
  const { code, output } = await ended(run('cost', args))

  expect(code).toBe(2)
  expect(output).toMatch(/usage: npm run cost/)
  expect(output).not.toMatch(/\n {4}at /)
})
