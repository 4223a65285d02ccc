import { expect, test } from '@jest/globals'
import { ended, run } from '../support/run.ts'

test.each(['start', 'token', 'import', 'erase', 'cost', 'contract'])(
  '%s prints its usage by --help',
  async (command) => {
    const { code, output } = await ended(run(command, ['--help']))

    expect(code).toBe(0)
    expect(output).toMatch(/^usage: npm .*--help +prints this/s)
  },
)
