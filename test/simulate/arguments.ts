import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { makeWrongUse, readOptions } from '../../commands/command.ts'
import { simulations } from './scenarios.ts'

export interface SimulateArguments {
  name: string
  /** A checkout whose lib runs as well, before that of this one. */
  against: string | undefined
  seed: number
  /** How many people are in each of the rooms that the simulation is about, instead of its own number. */
  people: number | undefined
}

const names = Object.keys(simulations).join(', ')

const usage = `usage: npm run simulate -- NAME [--against DIR] [--seed SEED] [--people N]

  NAME           ${names}: see docs/benchmarks.md#simulations
  --against DIR  also runs the lib folder of another checkout, which has its node_modules
  --seed SEED    another seed than 1 makes other choices: a whole number
  --people N     how many people are in each room of the simulation, for a shorter run
  --help         prints this`

/** @throws WrongUse saying which argument is wrong */
export const readArguments = (args: string[]): SimulateArguments => {
  const { values, positionals } = readOptions(usage, {
    args,
    allowPositionals: true,
    options: {
      against: { type: 'string' },
      seed: { type: 'string', default: '1' },
      people: { type: 'string' },
    },
  })
  const { against, seed, people } = values
  const [name] = positionals
  if (name === undefined || positionals.length > 1 || !Object.hasOwn(simulations, name))
    throw makeWrongUse(usage, `Name one simulation: ${names}.`)
  if (against !== undefined && !existsSync(join(against, 'lib/store/apply-events.ts')))
    throw makeWrongUse(usage, `--against is "${against}": name the directory of a checkout.`)
  if (!/^\d{1,9}$/.test(seed))
    throw makeWrongUse(usage, `--seed is "${seed}": set it to a whole number below 1,000,000,000.`)
  if (people !== undefined && !/^[1-9]\d{0,3}$/.test(people))
    throw makeWrongUse(usage, `--people is "${people}": set it to a whole number from 1 to 9999.`)
  return {
    name,
    against: against && resolve(against),
    seed: Number(seed),
    people: people === undefined ? undefined : Number(people),
  }
}
