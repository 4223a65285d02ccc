import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ended, runProgram } from '../support/run.ts'

/** The lines of a file of the repository, without their indentation. */
const readLines = async (path: string): Promise<string[]> => {
  const content = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
  return content.split('\n').map((line) => line.trim())
}

test('the first commands of the README are a line that shows the inbox and a line that tests it', async () => {
  const lines = await readLines('README.md')
  const commands = lines.filter((_, index) => lines[index - 1] === '```sh')

  expect(commands.slice(0, 2)).toEqual(['npm ci && npm start', 'npm ci && npm test'])
})

test('CI runs the line that tests it, word for word', async () => {
  expect(await readLines('.ci/run')).toContain('npm ci && npm test')
  expect(await readLines('.github/workflows/ci.yml')).toContain('- run: .ci/run')
})

describe('CI stops', () => {
  /** Runs CI with commands that only print themselves, and one that fails. */
  const runFailing = async (failing: string) => {
    const directory = await mkdtemp(join(tmpdir(), 'ci-'))
    try {
      for (const name of ['npm', 'npx'])
        await writeFile(
          join(directory, name),
          `#!/bin/sh\necho "${name} $*"\n[ "$*" != ${failing} ]\n`,
          { mode: 0o755 },
        )
      const PATH = `${directory}:${process.env['PATH']!}`
      return await ended(runProgram('.ci/run', [], { PATH, CHROMIUM_PATH: process.execPath }))
    } finally {
      await rm(directory, { recursive: true })
    }
  }

  test.each([
    ['ci', 'npm ci'],
    ['test', 'npm ci\nnpm test'],
  ])('if npm %s fails', async (failing, output) => {
    expect(await runFailing(failing)).toEqual({ code: 1, output })
  })
})
