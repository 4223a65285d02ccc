import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { CannotRun } from '../../../../commands/command.ts'
import { workUntilEnd } from '../../../../commands/operate/table/work-until-end.ts'

let printed: unknown[]
beforeEach(() => {
  printed = []
  jest.spyOn(console, 'log').mockImplementation((line) => printed.push(line))
})
afterEach(() => {
  jest.restoreAllMocks()
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
})

const count = (table: string | undefined, work: () => Promise<void>) => {
  let rooms = 0
  return workUntilEnd({
    table,
    unit: 'rooms',
    total: undefined,
    makeReport: () => ({ summarize: () => `rooms: ${rooms}` }),
    early: 'The rest has not been counted.',
    work: async () => {
      rooms += 1
      await work()
    },
  })
}

test('a command prints its summary when its work is done', async () => {
  const report = await count('table chat', () => Promise.resolve())

  expect(printed).toEqual(['rooms: 1'])
  expect(report.summarize()).toBe('rooms: 1')
})

test('a command whose work fails prints its summary, how to go on, and why it failed', async () => {
  const error = new Error('getaddrinfo ENOTFOUND dynamodb.example.com')

  const ended = count('table chat', () => Promise.reject(error))

  await expect(ended).rejects.toThrow(CannotRun)
  await expect(ended).rejects.toThrow(/^Cannot work on table chat: /)
  expect(printed).toEqual([
    'rooms: 1',
    'Failed. The rest has not been counted. Run the command again.',
  ])
})

test('the error of a command without a table says nothing of a table', async () => {
  const error = new Error('x.has is not a function')

  await expect(count(undefined, () => Promise.reject(error))).rejects.toBe(error)
})
