import { type Budget, growthOf, isOver, type Results } from './budgets.ts'
import { isOnCompactRows } from './contestants.ts'
import type { Cost } from './data.ts'
import { cpuShare } from './first-call.ts'
import type { Ratio } from './statistics.ts'
import type { Load, Warm } from './warm.ts'

/** The tables, as they are printed. */
export const textOf = ({
  cold,
  firstCall,
  warm,
  responses,
  data,
  writing,
  startMs,
}: Results): string => {
  const onPlainRows = warm.filter((each) => !isOnCompactRows(each))
  return [
    'Ratios are medians of pairs from the same round, with their quartiles in brackets.',
    title(
      'Cold: load and first call of a fresh process, ms; ratios of both; CPU ms of both; memory, MB; bundle, KB',
    ),
    table(
      ['', 'load', 'first', 'both', '× bare', '× tuned', 'CPU', 'memory', 'KB', 'gzipped'],
      cold.map((each) => [
        each.name,
        each.loadMs.toFixed(1),
        each.firstMs.toFixed(1),
        each.bothMs.toFixed(1),
        ratio(each.toBare),
        ratio(each.toTuned),
        each.cpuMs.toFixed(0),
        (each.maxRssBytes / 1e6).toFixed(0),
        (each.bytes / 1000).toFixed(0),
        (each.gzippedBytes / 1000).toFixed(0),
      ]),
    ),
    title(
      `First call on ${(100 * cpuShare).toFixed(0)} % of a core, as in Lambda with 512 MB, after loading on a whole one, ms`,
    ),
    firstCall === undefined
      ? 'Not measured: this needs a control group of Linux that this user may change.'
      : table(
          ['', 'first call', '× bare'],
          firstCall.map(({ name, ms, quartilesMs: [low, high], toBare }) => [
            name,
            `${ms.toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)})`,
            ratio(toBare),
          ]),
        ),
    title(
      'Warm, one at a time, as Lambda calls; the references read plain rows. CPU ms a request, latency ms, peak memory MB',
    ),
    table([...loadHead, 'memory'], onPlainRows.map(warmRow)),
    title(
      'Warm, the references on the compact rows of the inbox; ratios to bare and tuned on plain rows',
    ),
    table([...loadHead, 'memory'], warm.filter(isOnCompactRows).map(warmRow)),
    title('Warm, sixteen at a time'),
    table(
      loadHead,
      onPlainRows.map(({ name, sixteen }) => loadRow(name, sixteen)),
    ),
    title('Data: what operations ask of the table, by the rooms of the user'),
    table(
      ['', 'rooms', 'calls', 'read units', 'write units', 'bytes'],
      data.map((cost) => [
        cost.operation,
        String(cost.rooms),
        callsOf(cost),
        String(cost.readUnits),
        String(cost.writeUnits),
        String(cost.bytes),
      ]),
    ),
    title('Data: growth from the fewest rooms to the most'),
    table(
      ['', 'read units', 'write units', 'bytes'],
      growthOf(data).map(({ operation, readUnits, writeUnits, bytes }) => [
        operation,
        `× ${readUnits.toFixed(2)}`,
        `× ${writeUnits.toFixed(2)}`,
        `× ${bytes.toFixed(2)}`,
      ]),
    ),
    title('Writing: CPU ms an event of apply-chat-events, in batches of 100 messages'),
    table(
      ['', 'CPU', 'quartiles'],
      writing.map(({ name, cpuMs, quartiles }) => [
        name,
        cpuMs.toFixed(2),
        quartiles.map((each) => each.toFixed(2)).join('–'),
      ]),
    ),
    title('Besides'),
    table(
      ['', ''],
      [
        ['response of 20 personal rooms, bytes', String(responses.plainBytes)],
        ['the same, gzip', String(responses.gzipBytes)],
        ['the same, brotli', String(responses.brotliBytes)],
        ['npm start to the first page, ms', startMs.toFixed(0)],
      ],
    ),
  ].join('\n')
}

const loadHead = ['', 'CPU', '× bare', '× tuned', 'p50', 'p95', 'p99']
const loadRow = (name: string, { cpuMs, toBare, toTuned, p50Ms, p95Ms, p99Ms }: Load) => [
  name,
  cpuMs.toFixed(2),
  ratio(toBare),
  ratio(toTuned),
  p50Ms.toFixed(1),
  p95Ms.toFixed(1),
  p99Ms.toFixed(1),
]

const warmRow = ({ name, alone, maxRssBytes }: Warm): string[] => [
  ...loadRow(name, alone),
  (maxRssBytes / 1e6).toFixed(0),
]

/** Every budget with its figure. Missed budgets are marked. */
export const budgetText = (budgets: Budget[]): string =>
  [
    title('Budgets'),
    table(
      ['', 'figure', 'quartiles', 'budget', ''],
      budgets.map((budget) => [
        budget.name,
        String(budget.figure),
        budget.quartiles?.map((each) => each.toFixed(2)).join('–') ?? '',
        String(budget.most),
        verdictOf(budget),
      ]),
    ),
  ].join('\n')

const verdictOf = (budget: Budget): string => {
  if (!isOver(budget)) return 'holds'
  return budget.isAim ? 'short of the aim' : 'MISSED'
}

const callsOf = ({ calls }: Cost): string =>
  Object.entries(calls)
    .map(([command, count]) => `${count} ${command}`)
    .join(', ')

const ratio = (value: Ratio | undefined): string =>
  value === undefined
    ? ''
    : `${value.median.toFixed(2)} (${value.quartiles.map((each) => each.toFixed(2)).join('–')})`

const title = (text: string): string => `\n${text}\n`

const table = (head: string[], rows: string[][]): string => {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length)),
  )
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
