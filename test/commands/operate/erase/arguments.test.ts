import { Readable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { WrongUse } from '../../../../commands/command.ts'
import { readArguments } from '../../../../commands/operate/erase/arguments.ts'

const noInput = Readable.from([])

test('addresses come from arguments and standard input, each once, as the table has them', async () => {
  const input = Readable.from(['Ann@example.com\r\n\n', ' ben@example.com \nann@EXAMPLE.com'])

  expect(await readArguments(['--table', 'chat', 'test', '-', 'ANN@example.com'], input)).toEqual({
    table: 'chat',
    yes: false,
    emails: ['test', 'ann@example.com', 'ben@example.com'],
    dryRun: false,
  })
})

describe('a sentence for', () => {
  test.each([
    ['no address', [], '', /name at least one ADDRESS/],
    ['an empty list', ['-'], '\n\n', /name at least one ADDRESS/],
    ['an empty address', [''], '', /^"" is not an address of 1 to 254 characters/],
    ['a wrong address', ['a\tb'], '', /^"a\\tb" is not an address/],
    ['a wrong line', ['-'], 'ann\nb\u0000\n', /^line 2 of standard input: "b\\u0000" is not/],
    ['a wrong table name', ['--table', 'a b', 'ann'], '', /--table is "a b": a table's name/],
    ['an unknown option', ['--verify', 'ann'], '', /Unknown option '--verify'/],
  ])('%s', async (_, args, input, message) => {
    const reading = readArguments(args, input === '' ? noInput : Readable.from([input]))

    await expect(reading).rejects.toThrow(WrongUse)
    await expect(reading).rejects.toThrow(message)
  })
})
