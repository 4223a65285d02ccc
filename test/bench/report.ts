import { growthOf, type Results } from './budgets.ts'
import { isOnCompactRows } from './contestants.ts'
import type { Cost } from './data.ts'
import { cpuShare } from './first-call.ts'
import type { Comparison } from './statistics.ts'
import { ratioText, table, title } from './tables.ts'
import type { Load, Warm } from './warm.ts'

/** The tables, as they are printed. */
export const textOf = ({ cold, firstCall, warm, responses, data, startMs }: Results): string => {
  const onPlainRows = warm.filter((each) => !isOnCompactRows(each))
  return [
    'Ratios are medians of pairs from the same round, with their quartiles in brackets.',
    title(
      'Cold: load and first call of a fresh process, ms; ratios of both; CPU ms of both; memory, MB; bundle, KB',
    ),
    table(
      ['', 'load', 'first', 'both', ...ratioHead, 'CPU', 'memory', 'KB', 'gzipped'],
      cold.map((each) => [
        each.name,
        each.loadMs.toFixed(1),
        each.firstMs.toFixed(1),
        each.bothMs.toFixed(1),
        ...ratioCells(each),
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
          ['', 'first call', '× bare', '× personal'],
          firstCall.map(({ name, ms, quartilesMs: [low, high], toBare, toPersonal }) => [
            name,
            `${ms.toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)})`,
            ratioText(toBare),
            ratioText(toPersonal),
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

const ratioHead = ['× bare', '× tuned', '× personal']
const ratioCells = ({ toBare, toTuned, toPersonal }: Comparison): string[] =>
  [toBare, toTuned, toPersonal].map(ratioText)

const loadHead = ['', 'CPU', ...ratioHead, 'p50', 'p95', 'p99']
const loadRow = (name: string, { cpuMs, p50Ms, p95Ms, p99Ms, ...load }: Load) => [
  name,
  cpuMs.toFixed(2),
  ...ratioCells(load),
  p50Ms.toFixed(1),
  p95Ms.toFixed(1),
  p99Ms.toFixed(1),
]

const warmRow = ({ name, alone, maxRssBytes }: Warm): string[] => [
  ...loadRow(name, alone),
  (maxRssBytes / 1e6).toFixed(0),
]

const callsOf = ({ calls }: Cost): string =>
  Object.entries(calls)
    .map(([command, count]) => `${count} ${command}`)
    .join(', ')
