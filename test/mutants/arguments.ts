import { makeWrongUse, readOptions } from '../../commands/command.ts'

export interface MutantArguments {
  /** Undefined for all lines. */
  since: string | undefined
  count: number
  /** Repeats the choice of the mutants, as long as the files are the same. */
  seed: number
  /** None for all files of the functions. */
  files: string[]
}

const usage = `usage: npm run test:mutants -- [--since REVISION] [--count N] [--seed SEED] [FILE…]

  FILE              breaks these files (all in lib and functions)
  --since REVISION  breaks only lines that changed on this branch since it left the revision, such as main
  --count N         how many places are broken, one after the other (20)
  --seed SEED       breaks the same places again, if the files are the same
  --help            prints this`

/** @throws WrongUse saying which argument is wrong */
export const readArguments = (args: string[], now: number): MutantArguments => {
  const { values, positionals: files } = readOptions(usage, {
    args,
    allowPositionals: true,
    options: { since: { type: 'string' }, count: { type: 'string' }, seed: { type: 'string' } },
  })
  const { since, count = '20', seed = String(now % 1_000_000) } = values
  if (!/^[1-9]\d{0,5}$/.test(count))
    throw makeWrongUse(usage, `--count is "${count}": set it to a whole number from 1 to 999,999.`)
  if (!/^\d{1,9}$/.test(seed))
    throw makeWrongUse(usage, `--seed is "${seed}": set it to a whole number below 1,000,000,000.`)
  return { since, count: Number(count), seed: Number(seed), files }
}
