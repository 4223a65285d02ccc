/**
 * npm run test:mutants: breaks one random place of the code at a time, and runs the tests that import the
 * file. Where they pass, the types are checked as well, because they notice some mistakes. For a mutant that
 * survives both, a person decides whether a test is missing: some make no difference, and tests that run a
 * command as a process do not import its files.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { CannotRun, runCommand } from '../../commands/command.ts'
import { endWithNpm } from '../../commands/local/end-with-npm.ts'
import { projectRoot } from '../../infra/bundling.ts'
import { diceOf, shuffled } from '../model/choices.ts'
import { own } from '../support/owned.ts'
import { readArguments } from './arguments.ts'
import { type Code, findCode } from './find-code.ts'
import { insertMutant, isParsable, listMutants, type Mutant } from './list-mutants.ts'
import { withMutant } from './with-mutant.ts'

/** The tests without a mutant, and the types. */
const limitMs = 1_800_000
/** The tests of a mutant may take this many times as long as those without one, and a minute. Then they are stopped. */
const patience = 3

interface Place {
  file: string
  mutant: Mutant
}

const read = (file: string): string => readFileSync(resolve(projectRoot, file), 'utf8')

const listPlaces = ({ file, lines }: Code): Place[] =>
  listMutants(file, read(file))
    .filter(({ line }) => lines?.has(line) ?? true)
    .map((mutant) => ({ file, mutant }))

const choosePlaces = (places: Place[], count: number, seed: number): Place[] => {
  const chosen: Place[] = []
  for (const place of shuffled(diceOf(seed), places)) {
    if (chosen.length === count) break
    if (isParsable(place.file, insertMutant(read(place.file), place.mutant))) chosen.push(place)
  }
  return chosen
}

const describePlace = ({ file, mutant: { line, start, end, text } }: Place): string => {
  const show = (code: string) => code.replace(/\s+/g, ' ').slice(0, 100) || 'nothing'
  return `${file}:${line} ${show(read(file).slice(start, end))} => ${show(text)}`
}

runCommand(async () => {
  const { since, count, seed, files } = readArguments(process.argv.slice(2), Date.now())
  const owned = own()
  endWithNpm()
  const places = (await findCode(projectRoot, { files, since })).flatMap(listPlaces)
  const chosen = choosePlaces(places, count, seed)
  console.log(
    `Breaking ${chosen.length} of ${places.length} places, with --seed ${seed}. Ctrl-C stops it.`,
  )

  /** Runs an npm script. @returns what is wrong, undefined if it succeeds */
  const check = async (args: string[], limitMs: number): Promise<string | undefined> => {
    try {
      await owned.run('npm', args, { env: process.env, limitMs })
      return undefined
    } catch (error) {
      if (error instanceof CannotRun) return error.message
      throw error
    }
  }
  const runTests = (files: string[], limitMs: number): Promise<string | undefined> => {
    // Without its folder among the roots, no test is related to a file.
    const roots = ['client', 'commands', 'functions', 'infra', 'lib', 'test']
    const options = ['--bail', '--passWithNoTests', '--roots', ...roots, '--findRelatedTests']
    return check(['test', '--', ...options, ...files], limitMs)
  }

  const start = performance.now()
  const broken = [...new Set(chosen.map(({ file }) => file))]
  const failure = broken.length > 0 ? await runTests(broken, limitMs) : undefined
  if (failure !== undefined)
    throw new CannotRun(`The tests fail without a mutant, so they would kill each:\n${failure}`)
  const limitOfMutantMs = 60_000 + patience * (performance.now() - start)
  const isKilled = async (file: string): Promise<boolean> =>
    ((await runTests([file], limitOfMutantMs)) ?? (await check(['run', 'types'], limitMs))) !==
    undefined

  let killed = 0
  for (const place of chosen) {
    const { file, mutant } = place
    const description = describePlace(place)
    const isNoticed = await withMutant(resolve(projectRoot, file), mutant, () => isKilled(file))
    if (isNoticed) killed += 1
    console.log(`${isNoticed ? 'killed' : 'SURVIVED'} ${description}`)
  }
  console.log(`killed ${killed}, survived ${chosen.length - killed}`)
  process.exit(0)
})
