import { afterEach, expect, test } from '@jest/globals'
import { CannotRun } from '../../../../commands/command.ts'
import { workUntilEnd } from '../../../../commands/operate/table/work-until-end.ts'

afterEach(() => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
})

test('a command whose work fails says what it did and why it failed', async () => {
  const said: string[] = []
  const work = () => Promise.reject(new Error('getaddrinfo ENOTFOUND dynamodb.example.com'))

  const ended = workUntilEnd({ name: 'table chat' }, (end) => said.push(end), work)

  await expect(ended).rejects.toThrow(CannotRun)
  await expect(ended).rejects.toThrow(/^Cannot work on table chat: /)
  expect(said).toEqual(['Failed'])
})
