import { afterAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { choicesOf, diceOf, noting } from './choices.ts'
import type { LogKind } from './log.ts'
import { type Outcome, play } from './play.ts'
import { type Rule, type RuleName, rules, secondLocks } from './rules.ts'

/**
 * The write protocol, tried at the level of single operations: as it is every run ends right, and
 * without one of its rules some do not. The seeds are fixed, so that the shares stay the same.
 */
const ordinaryRuns = 20_000
const kinds: LogKind[] = [
  'any',
  'reads',
  'comings and goings',
  'creation',
  'profiles',
  'snapshots',
  'wrong reads',
  'many joins',
  'a third person',
  'profiles again',
  'large any',
  'large reads',
  'large comings and goings',
  'large creation',
  'large snapshots',
]

const countWrong = (kind: LogKind, runs: number, broken: RuleName): number => {
  let wrong = 0
  for (let run = 0; run < runs; run += 1)
    if (play(kind, diceOf(run), broken).wrong.length > 0) wrong += 1
  return wrong
}

const expectRight = ({ story, wrong }: Outcome): void => {
  if (wrong.length > 0) throw new Error([...story, ...wrong].join('\n'))
}

/** Makes the story of a run that ends wrong as short as it gets, and fails with it. */
const failShortly = (kind: LogKind, run: number): void => {
  const choices: number[] = []
  play(kind, noting(diceOf(run), choices))
  const staysRight = fc.property(fc.array(fc.nat()), (list) => {
    expectRight(play(kind, choicesOf(list)))
  })
  fc.assert(staysRight, { examples: [[choices]], numRuns: 1 })
}

const shares: string[] = []
afterAll(() => {
  process.stdout.write(`${shares.join('\n')}\n`)
})

test.each(kinds)('by all rules, every run ends right: logs of the kind "%s"', (kind) => {
  for (let run = 0; run < ordinaryRuns; run += 1)
    if (play(kind, diceOf(run)).wrong.length > 0) failShortly(kind, run)
})

test.each(Object.entries<Rule>(rules) as [RuleName, Rule][])(
  'without "%s", some runs end wrong',
  (name, { on, instead, runs = ordinaryRuns }) => {
    const wrong = countWrong(on, runs, name)

    shares.push(`${name}. Else ${instead}: ${share(wrong, runs)} end wrong`)
    expect(wrong).toBeGreaterThan(0)
  },
)

test.each(Object.entries<Rule>(secondLocks) as [RuleName, Rule][])(
  'without "%s" alone, every run ends right: other rules see to it',
  (name, { on }) => {
    expect(countWrong(on, ordinaryRuns, name)).toBe(0)
  },
)

const share = (wrong: number, runs: number): string =>
  `${wrong} of ${runs.toLocaleString('en')} runs (${Number(((100 * wrong) / runs).toPrecision(2))} %)`
