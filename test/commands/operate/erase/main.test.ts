import { expect, test } from '@jest/globals'
import { store } from '../../../../lib/deps.ts'
import { rowKey } from '../../../../lib/store/keys.ts'
import { at, posted } from '../../../support/events.ts'
import { apply, createRoom, freshEmail, freshId, useTable } from '../../../support/inbox.ts'
import { putItems } from '../../../support/put-items.ts'
import { ended, run, untilItPrints } from '../../../support/run.ts'
import { scanFor } from '../../../support/scan-for.ts'

useTable()

const environment = { AWS_ENDPOINT_URL_DYNAMODB: process.env['AWS_ENDPOINT_URL_DYNAMODB']! }
const runErase = (...args: string[]) =>
  run('erase', ['--table', store.tableName, ...args], environment)

test('the command counts with --dry-run, then erases, and says who is not there', async () => {
  const { me, other, roomId } = await createRoom('single')
  await apply(posted(roomId, 1, me, at(1), 'my secret'))
  const stranger = freshEmail('stranger')

  const counted = await ended(runErase('--dry-run', me.toUpperCase(), stranger))
  const countedIn = await scanFor([me])
  const erasing = runErase('-')
  erasing.child.stdin.end(`${me}\n${stranger}\n`)
  const erased = await ended(erasing)

  expect(counted).toMatchObject({
    code: 0,
    output: expect.stringMatching(
      `^Reading table .*\n${me}: would erase rooms 1, comments 1, rows 1\n${stranger}: nobody has this address\nread units of reading the table: \\d+$`,
    ),
  })
  expect(countedIn).not.toEqual([])
  expect(erased).toMatchObject({
    code: 0,
    output: expect.stringMatching(
      `^Writing to table .*\n${me}: erased rooms 1, comments 1, rows 1\n${stranger}: nobody has this address\n`,
    ),
  })
  expect(await scanFor([me, 'my secret'])).toEqual([])
  expect(await scanFor([other])).not.toEqual([])
}, 30_000)

test('a wrong address is a sentence, and the exit code is 2', async () => {
  const { code, output } = await ended(runErase('a\tb'))

  expect(code).toBe(2)
  expect(output).toMatch(/^"a\\tb" is not an address of 1 to 254 characters/)
  expect(output).not.toMatch(/\n {4}at /)
})

test('an interrupted erasure says what it did, and does the rest when it runs again', async () => {
  const me = freshEmail()
  const stubs = Array.from({ length: 2000 }, () => ({ ...rowKey(me, freshId()) }))
  await putItems(store, stubs)
  const running = runErase(me)
  await untilItPrints(running, 'Writing to')
  while ((await scanFor([me])).length === stubs.length) continue

  running.child.kill('SIGINT')
  const { code, output } = await ended(running)

  expect(code).toBe(130)
  expect(output).toMatch(
    /\nrooms erased: \d+\nread units of reading the table: \d+\nInterrupted\. What is counted here is erased\. Run the command again\.$/,
  )
  expect(await scanFor([me])).not.toEqual([])
}, 30_000)
