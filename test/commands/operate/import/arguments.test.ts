import { describe, expect, test } from '@jest/globals'
import { WrongUse } from '../../../../commands/command.ts'
import { readArguments } from '../../../../commands/operate/import/arguments.ts'

const now = Date.UTC(2024, 0, 1)

test('a document is imported as of a time, for a user', () => {
  const args = ['--for', 'Ann@example.com', '--as-of', '2017-09-03T08:00:00Z', 'x.json']

  expect(readArguments(args, now)).toMatchObject({
    files: ['x.json'],
    origin: { asOf: '2017-09-03T08:00:00.000Z' },
    task: 'import',
    strict: false,
    yes: false,
  })
})

describe('a sentence for', () => {
  test.each([
    ['no file', [], /name at least one FILE/],
    [
      'a document without its user',
      ['x.json'],
      /x.json is a listing document: add --for and --as-of/,
    ],
    ['--for without --as-of', ['--for', 'a', 'x.json'], /use --for and --as-of together/],
    ['a wrong time', ['--for', 'a', '--as-of', 'today', 'x.json'], /--as-of today is not/],
    [
      'a time in the future',
      ['--for', 'a', '--as-of', '2999-01-01T00:00:00Z', 'x.json'],
      /is in the future/,
    ],
    ['an unknown option', ['--what', 'x.jsonl'], /Unknown option '--what'/],
    [
      'a wrong address',
      ['--for', 'a\tb', '--as-of', '2020-01-01T00:00:00Z', 'x.json'],
      /--for is not an e-mail address/,
    ],
    ['a wrong table name', ['--table', 'a b', 'x.jsonl'], /--table is "a b": a table's name/],
    ['two tasks', ['--verify', '--dry-run', 'x.jsonl'], /choose one/],
    [
      'a wrong time to verify until',
      ['--verify', '--until', 'noon', 'x.jsonl'],
      /--until noon is not an RFC 3339 time/,
    ],
    [
      '--until without --verify',
      ['--until', '2020-01-01T00:00:00Z', 'x.jsonl'],
      /use --until with --verify/,
    ],
    ['--repair without --verify', ['--repair', 'y.jsonl', 'x.jsonl'], /use --repair with --verify/],
    [
      'repairs on standard output',
      ['--verify', '--repair', '-', 'x.jsonl'],
      /--repair cannot write to standard output: name a file/,
    ],
  ])('%s', (_, args, message) => {
    const read = () => readArguments(args, now)

    expect(read).toThrow(WrongUse)
    expect(read).toThrow(message)
  })
})
