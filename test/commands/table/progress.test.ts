import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { startProgress } from '../../../commands/table/progress.ts'

const wasTerminal = process.stderr.isTTY
let printed: string
beforeEach(() => {
  process.stderr.isTTY = true
  printed = ''
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
})
afterEach(() => {
  jest.restoreAllMocks()
  process.stderr.isTTY = wasTerminal
})

test('a line above the bar is printed with its control characters escaped', () => {
  const progress = startProgress('lines', 10, () => 0)

  progress.say('a\u001b]0;owned\u0007\u202eb.jsonl:1: refused')
  progress.stop()

  expect(printed).toContain('a\\u001b]0;owned\\u0007\\u202eb.jsonl:1: refused\n')
})
