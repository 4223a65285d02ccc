import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { startProgress } from '../../../../commands/operate/table/progress.ts'

let now = 0
let written: string[]

/** Notes what is written to standard error, which is a terminal or not. */
const writeTo = (isTTY: boolean): void => {
  Object.assign(process.stderr, { isTTY })
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(stripVTControlCharacters(String(text)))
    return true
  })
}

const { isTTY } = process.stderr
beforeEach(() => {
  now = 1000
  written = []
})
afterEach(() => {
  Object.assign(process.stderr, { isTTY })
  jest.restoreAllMocks()
})

test('a terminal shows a bar with the rate, and above it the lines that are said', () => {
  writeTo(true)
  const progress = startProgress('rooms', 200, () => now)
  now = 3000
  progress.advance(10, 50)
  progress.say('room 7: not in the table')
  progress.stop()

  const text = written.join('')
  expect(text).toContain('room 7: not in the table\n')
  expect(text).toMatch(/ 25% {2}10 rooms {2}5 a second/)
})

test('a line above the bar has its control characters escaped', () => {
  writeTo(true)
  const progress = startProgress('lines', 10, () => now)

  progress.say('a\u001b]0;owned\u0007\u202eb.jsonl:1: refused')
  progress.stop()

  expect(written.join('')).toContain('a\\u001b]0;owned\\u0007\\u202eb.jsonl:1: refused\n')
})

test('a bar ends at 100 % after a unit whose end is unknown', () => {
  writeTo(true)
  const progress = startProgress('lines', 200, () => now)
  progress.advance(10, Infinity)
  progress.stop()

  expect(written.join('')).toContain(' 100%  10 lines')
})

test('without a terminal, a line every five seconds says how much is done and how fast', () => {
  const said = jest.spyOn(console, 'error').mockReturnValue()
  writeTo(false)
  const progress = startProgress('lines', 200, () => now)
  for (const seconds of [1, 6, 7, 12]) {
    now = 1000 + seconds * 1000
    progress.advance(30, 30)
  }
  progress.say('done')

  expect(said.mock.calls.flat()).toEqual([
    '60 lines, 10 a second',
    '120 lines, 10 a second',
    'done',
  ])
})
