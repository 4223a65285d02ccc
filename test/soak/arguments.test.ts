import { expect, test } from '@jest/globals'
import { WrongUse } from '../../commands/command.ts'
import { readArguments } from './arguments.ts'

test('minutes may have a fraction, and the seed comes from the clock', () => {
  expect(readArguments(['--minutes', '0.2'], 1_700_000_123_456)).toEqual({
    minutes: 0.2,
    seed: 123_456,
  })
})

test('a seed is taken as it is', () => {
  expect(readArguments(['--minutes', '10', '--seed', '7'], 0)).toEqual({ minutes: 10, seed: 7 })
})

test.each([
  [[], 'Say how long with --minutes.'],
  [['--minutes', '0'], '--minutes is "0": set it to a number above 0.'],
  [['--minutes', 'ten'], '--minutes is "ten": set it to a number above 0.'],
  [
    ['--minutes', '1', '--seed', 'x'],
    '--seed is "x": set it to a whole number below 1,000,000,000.',
  ],
  [['--minute', '1'], 'There is no option --minute: did you mean --minutes?'],
])('%j is refused with a sentence and the usage', (args, reason) => {
  const read = () => readArguments(args, 0)

  expect(read).toThrow(WrongUse)
  expect(read).toThrow(`${reason}\n\nusage: npm run soak`)
})
