import { ratioText, table, title } from '../tables.ts'
import type { Results } from './budgets.ts'
import type { Counts } from './counting.ts'
import type { Timing } from './timing.ts'

/** The tables, as they are printed. */
export const textOf = ({ timings, counts }: Results): string =>
  [
    'Ratios are medians of pairs from the same round, with their quartiles in brackets.',
    title('Writing: CPU time of the process, ms an event'),
    table(['', '', 'CPU', 'quartiles', 'product × this'], timings.map(timingRow)),
    title('Writing: what an event asks of the table'),
    table(['', '', 'write units', 'read units', 'calls', ''], counts.map(countsRow)),
  ].join('\n')

const timingRow = (timing: Timing): string[] => [
  timing.case,
  timing.contestant,
  timing.cpuMs.toFixed(2),
  timing.quartiles.map((each) => each.toFixed(2)).join('–'),
  ratioText(timing.productToThis),
]

const countsRow = (counts: Counts): string[] => [
  counts.case,
  counts.contestant,
  counts.writeUnits.toFixed(2),
  counts.readUnits.toFixed(2),
  Object.values(counts.calls)
    .reduce((sum, some) => sum + some, 0)
    .toFixed(2),
  callsText(counts),
]

/** Calls by command, such as `2.00 UpdateItem, 0.08 BatchExecuteStatement of 2.00 statements`. */
const callsText = ({ calls, statements }: Counts): string =>
  Object.entries(calls)
    .map(([command, count]) => {
      const contents =
        command === 'BatchExecuteStatement' ? ` of ${statements.toFixed(2)} statements` : ''
      return `${count.toFixed(2)} ${command}${contents}`
    })
    .join(', ')
