import { constants } from 'node:os'
import { CannotRun } from '../command.ts'
import { type ImportArguments, readArguments } from './arguments.ts'
import { type Progress, startProgress } from './progress.ts'
import { type Entry, readEntries, countBytes } from './read-entries.ts'
import { Report } from './report.ts'
import { findTarget } from './target.ts'
import { type AcceptedEntry, makeImportTask, type Task, validate, makeVerifyTask } from './tasks.ts'

/** Entries per batch. The events of one room in one batch need only one projection. */
const batchSize = 2000

const outcomes = { import: 'imported', validate: 'valid', verify: 'verified' }
const interruptions = {
  import:
    'Interrupted. Everything counted here is in the table, and some later lines may be as well. Run the command again to continue: importing a line twice does no harm.',
  validate: 'Interrupted. The rest has not been checked. Run the command again.',
  verify: 'Interrupted. The rest has not been checked. Run the command again.',
}

/** Imports, checks or verifies event files and listing documents, as the arguments say. */
export const importFiles = async (): Promise<void> => {
  const args = readArguments(process.argv.slice(2), Date.now())
  const { files, origin } = args
  const total = await countBytes(files)
  const task = await prepare(args)
  // Set before the bar is drawn, so that an interruption always removes the bar.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      progress.stop()
      console.log(report.summary(outcomes[args.task]))
      console.log(interruptions[args.task])
      process.exit(128 + constants.signals[signal])
    })
  const progress = startProgress(total, Date.now)
  const report = new Report(progress.say)
  try {
    const entries = readEntries(files, origin, Date.now)
    await processEntries(entries, { isStrict: args.strict, task, report, progress })
    report.uncreatedRooms = await task.findUncreated(report.roomsWithoutCreation)
  } finally {
    progress.stop()
  }
  console.log(report.summary(outcomes[args.task]))
  if (args.strict && report.hasRefusals)
    console.log('Stopped at the first refused line because of --strict.')
  if (!report.isClean) process.exitCode = 1
}

/** @throws CannotRun if it would write to another machine without --yes */
const prepare = async ({ task, table, yes, origin }: ImportArguments): Promise<Task> => {
  if (task === 'validate') return validate
  const target = await findTarget(table)
  // Imported here because lib/deps reads its environment when it is loaded.
  const { store } = await import('../../lib/deps.ts')
  if (task === 'verify') {
    console.error(`Verifying ${target.name}.`)
    return makeVerifyTask(store, origin)
  }
  if (!target.isLocal && !yes)
    throw new CannotRun(`This would write to ${target.name}: add --yes to do so.`)
  console.error(`Writing to ${target.name}.`)
  return makeImportTask(store, target.name)
}

interface Processing {
  isStrict: boolean
  task: Task
  report: Report
  progress: Progress
}

const processEntries = async (
  entries: AsyncIterable<Entry>,
  { isStrict, task, report, progress }: Processing,
): Promise<void> => {
  const isOver = () => isStrict && report.hasRefusals
  const size = isStrict ? 1 : batchSize
  let batch: AcceptedEntry[] = []
  let count = 0
  let start = 0
  let end = 0
  const flush = async () => {
    const bytesPerEntry = (end - start) / Math.max(count, 1)
    const onDone = (entries: number) => {
      start += entries * bytesPerEntry
      progress.advance(entries, start)
    }
    onDone(count - batch.length)
    await task.processBatch(batch, report, onDone)
    batch = []
    count = 0
  }
  for await (const entry of entries) {
    count += 1
    end = entry.end
    if (entry.refusal) report.refuse(entry.place, entry.refusal.message)
    else batch.push(entry as AcceptedEntry)
    if (isOver() || count >= size) await flush()
    if (isOver()) return
  }
  await flush()
  progress.advance(0, Infinity)
}
