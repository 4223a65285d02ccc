import { expect, test } from '@jest/globals'
import { WrongUse } from '../../commands/command.ts'
import { readArguments } from './arguments.ts'

test('without arguments, 20 places of all files are broken, with a seed from the clock', () => {
  expect(readArguments([], 1_700_000_123_456)).toEqual({
    since: undefined,
    count: 20,
    seed: 123_456,
    files: [],
  })
})

test('arguments are taken as they are', () => {
  const args = ['--since', 'main', '--count', '6', '--seed', '7', 'lib/a.ts', 'lib/b.ts']

  expect(readArguments(args, 0)).toEqual({
    since: 'main',
    count: 6,
    seed: 7,
    files: ['lib/a.ts', 'lib/b.ts'],
  })
})

test.each([
  [['--count', '0'], '--count is "0": set it to a whole number from 1 to 999,999.'],
  [['--count', 'all'], '--count is "all": set it to a whole number from 1 to 999,999.'],
  [['--seed', 'x'], '--seed is "x": set it to a whole number below 1,000,000,000.'],
  [['--sinc', 'main'], 'There is no option --sinc: did you mean --since?'],
])('%j is refused with a sentence and the usage', (args, reason) => {
  const read = () => readArguments(args, 0)

  expect(read).toThrow(WrongUse)
  expect(read).toThrow(`${reason}\n\nusage: npm run test:mutants`)
})
