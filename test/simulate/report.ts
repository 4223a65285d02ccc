import type { Result, RoomsResult } from './simulate.ts'

/** A line of the table: a scenario with one version of the code. */
export interface Run {
  name: string
  result: Result
  /** What the ages of its rows are compared with. */
  reference: Result | undefined
}

const columns = [
  '',
  'comments',
  'rows a comment',
  '× one for each person',
  'write units a comment',
  'age of rows, s: median',
  '99 %',
  '× alone: median',
  '99 %',
  'beside: median',
  '99 %',
  'failed deliveries',
  'dead letters',
  'rows behind',
  'done after, s',
  'GB-seconds',
]

/** The head of the table of a simulation, in Markdown. */
export const formatHead = (): string =>
  [columns, columns.map(() => '---')].map(formatCells).join('\n')

/** The line of a run. */
export const formatRun = (run: Run): string => formatCells(listCells(run))

const formatCells = (cells: string[]): string => `| ${cells.join(' | ')} |`

const listCells = ({ name, result, reference }: Run): string[] => {
  const { main, beside } = result
  return [
    name,
    count(main.comments + (beside?.comments ?? 0)),
    count(main.rowsWritten / main.comments),
    (main.rowsWritten / main.rowsOfComments).toFixed(2),
    count(result.writeUnits / (main.comments + (beside?.comments ?? 0))),
    ...listAges(main),
    ...shares.map((share) =>
      ratio(main.ages.quantile(share), reference?.main.ages.quantile(share)),
    ),
    ...(beside ? listAges(beside) : ['', '']),
    count(result.failedDeliveries),
    count(result.deadLetters),
    count(main.rowsBehind + (beside?.rowsBehind ?? 0)),
    result.doneAfterMs === undefined ? 'not done' : count(result.doneAfterMs / 1000),
    count(result.gbSeconds),
  ]
}

/** The median, and the age that 99 % do not exceed. */
const shares = [0.5, 0.99]

const listAges = ({ ages }: RoomsResult): string[] =>
  shares.map((share) => seconds(ages.quantile(share)))

const ratio = (ms: number | undefined, reference: number | undefined): string =>
  ms === undefined || reference === undefined ? '' : (ms / reference).toFixed(2)

const count = (value: number): string => Math.round(value).toLocaleString('en')

const seconds = (ms: number | undefined): string => (ms === undefined ? '' : (ms / 1000).toFixed(1))
