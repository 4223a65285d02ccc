import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { waitUntil } from '../../commands/local/wait-until.ts'
import { quietErrors } from '../support/quiet-errors.ts'
import { ended, runProgram } from '../support/run.ts'
import { withMutant } from './with-mutant.ts'

const code = 'export const a = true\n'
const mutant = { start: 17, end: 21, text: 'false', line: 1 }
const mutated = 'export const a = false\n'

const log = quietErrors()
let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chat-inbox-mutant-'))
  file = join(folder, 'code.ts')
  await writeFile(file, code)
})
afterEach(() => rm(folder, { recursive: true }))

const readCode = () => readFile(file, 'utf8')

test('a mutant is in its file while work runs, and the file is put back', async () => {
  expect(await withMutant(file, mutant, readCode)).toBe(mutated)
  expect(await readCode()).toBe(code)
})

test('the file is put back after work that fails', async () => {
  const work = () => Promise.reject(new Error('broken'))

  await expect(withMutant(file, mutant, work)).rejects.toThrow('broken')
  expect(await readCode()).toBe(code)
})

test('a file that somebody changed meanwhile stays as they left it, and a line says so', async () => {
  await withMutant(file, mutant, () => writeFile(file, 'their code'))

  expect(await readCode()).toBe('their code')
  expect(log).toHaveBeenCalledWith(expect.stringContaining(`${file} was changed`))
})

test.each<[NodeJS.Signals, number]>([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('%s ends the command, and the file is put back', async (signal, exitCode) => {
  const run = runProgram(process.execPath, ['test/mutants/main.ts', file])
  const isMutated = await waitUntil(async () => (await readCode()) === mutated, 20_000)

  run.child.kill(signal)

  expect(isMutated).toBe(true)
  expect(await ended(run)).toMatchObject({ code: exitCode })
  expect(await readCode()).toBe(code)
})

test('a wrong argument ends the command with a sentence', async () => {
  const { code, output } = await ended(
    runProgram(process.execPath, ['test/mutants/main.ts', 'lib/missing.ts']),
  )

  expect(code).toBe(1)
  expect(output).toBe(
    'There is no file lib/missing.ts: name files from the folder of package.json on.',
  )
})
