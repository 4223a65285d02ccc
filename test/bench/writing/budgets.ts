import { prices } from '../../../commands/operate/cost/prices.ts'
import { type Budget, ratioBudget, rounded } from '../budget.ts'
import type { CaseName } from './cases.ts'
import { before, handSigned, product } from './contestants.ts'
import type { Counts } from './counting.ts'
import type { Timing } from './timing.ts'

export interface Results {
  timings: Timing[]
  counts: Counts[]
}

/** The most CPU time of an event, as a ratio to the version before rows were written together. */
const mostToBefore: Partial<Record<CaseName, number>> = {
  'comment, 100 rooms of 2': 0.4,
  'comment, 25 groups of 20': 0.28,
  'comment, 5 groups of 100': 0.22,
  'comment, 1 group of 1,000': 0.22,
  '100 comments, 1 group of 1,000': 0.22,
  'join, 20 groups of 20': 1,
  mix: 0.4,
}

/** The budgets. Those that compare with the version before are checked only if it takes part. */
export const budgetsOf = ({ timings, counts }: Results): Budget[] => [
  ...timings.flatMap(ofTiming),
  ...counts.flatMap((each) => ofCounts(each, counts)),
]

const ofTiming = ({ case: name, contestant, productToThis }: Timing): Budget[] => {
  const most =
    contestant === handSigned ? 1 : contestant === before ? mostToBefore[name] : undefined
  return most === undefined
    ? []
    : [ratioBudget(`${name}: CPU, × ${contestant}`, productToThis!, most)]
}

/**
 * The units of the version before are the budgets of the product, at their price: receipts of groups are not written
 * any more, but to know that a room is a group costs a read.
 */
const ofCounts = ({ case: name, contestant, ...most }: Counts, counts: Counts[]): Budget[] => {
  if (contestant !== before) return []
  const ours = counts.find((each) => each.case === name && each.contestant === product)!
  return [
    rounded(`${name}: write units`, ours.writeUnits, most.writeUnits),
    rounded(`${name}: units, $ a million`, priceOf(ours), priceOf(most)),
  ]
}

const priceOf = ({ readUnits, writeUnits }: Pick<Counts, 'readUnits' | 'writeUnits'>): number =>
  readUnits * prices.perMillionReadUnits + writeUnits * prices.perMillionWriteUnits
