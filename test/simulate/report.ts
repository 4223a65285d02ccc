import type { Result, RoomsResult } from './simulate.ts'

/** A line of the table: a scenario with one version of the code. */
export interface Run {
  name: string
  result: Result
}

const columns = [
  '',
  'comments',
  'rows a comment',
  '× one for each person',
  'write units a comment',
  'age of rows, s: median',
  '99 %',
  'beside: median',
  '99 %',
  'failed deliveries',
  'dead letters',
  'rows behind',
  'done after, s',
  'GB-seconds',
]

/** The table of a simulation, in Markdown. */
export const formatRuns = (runs: Run[]): string =>
  [columns, columns.map(() => '---'), ...runs.map(listCells)]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')

const listCells = ({ name, result }: Run): string[] => {
  const { main, beside } = result
  return [
    name,
    count(main.comments + (beside?.comments ?? 0)),
    count(main.rowsWritten / main.comments),
    (main.rowsWritten / main.rowsOfComments).toFixed(2),
    count(result.writeUnits / (main.comments + (beside?.comments ?? 0))),
    ...listAges(main),
    ...(beside ? listAges(beside) : ['', '']),
    count(result.failedDeliveries),
    count(result.deadLetters),
    count(main.rowsBehind + (beside?.rowsBehind ?? 0)),
    result.doneAfterMs === undefined ? 'not done' : count(result.doneAfterMs / 1000),
    count(result.gbSeconds),
  ]
}

const listAges = ({ ages }: RoomsResult): string[] =>
  [0.5, 0.99].map((share) => seconds(ages.quantile(share)))

const count = (value: number): string => Math.round(value).toLocaleString('en')

const seconds = (ms: number | undefined): string => (ms === undefined ? '' : (ms / 1000).toFixed(1))
