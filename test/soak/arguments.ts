import { makeWrongUse, readOptions } from '../../commands/command.ts'

export interface SoakArguments {
  minutes: number
  /** Repeats the choices of a run, but not its timing. */
  seed: number
}

const usage = `usage: npm run soak -- --minutes N [--seed SEED]

  --minutes N  how long it runs, such as 10 or 0.2
  --seed SEED  repeats the choices of a run, but not its timing: a whole number
  --help       prints this`

/** @throws WrongUse saying which argument is wrong */
export const readArguments = (args: string[], now: number): SoakArguments => {
  const { values } = readOptions(usage, {
    args,
    options: { minutes: { type: 'string' }, seed: { type: 'string' } },
  })
  const { minutes, seed = String(now % 1_000_000) } = values
  if (minutes === undefined) throw makeWrongUse(usage, 'Say how long with --minutes.')
  if (!/^\d+(\.\d+)?$/.test(minutes) || Number(minutes) === 0)
    throw makeWrongUse(usage, `--minutes is "${minutes}": set it to a number above 0.`)
  if (!/^\d{1,9}$/.test(seed))
    throw makeWrongUse(usage, `--seed is "${seed}": set it to a whole number below 1,000,000,000.`)
  return { minutes: Number(minutes), seed: Number(seed) }
}
