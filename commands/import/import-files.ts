import { constants } from 'node:os'
import { CannotRun } from '../command.ts'
import { type ImportArguments, readArguments } from './arguments.ts'
import { type Progress, startProgress } from './progress.ts'
import { type Entry, readEntries, totalBytes } from './read-entries.ts'
import { Report } from './report.ts'
import { findTarget } from './target.ts'
import { importInto, type Passed, type Task, validate, verifyIn } from './tasks.ts'

/** Entries at a time: a room's events in one batch cost one projection. */
const batchSize = 2000

const done = { import: 'imported', validate: 'valid', verify: 'verified' }
const interrupted = {
  import:
    'Interrupted. What is counted here is in the table, and some of what follows it may be. Run it again to go on: what is there already does no harm.',
  validate: 'Interrupted: the rest is not checked. Run it again.',
  verify: 'Interrupted: the rest is not checked. Run it again.',
}

/** Brings event files and listing documents into the table. */
export const importFiles = async (): Promise<void> => {
  const args = readArguments(process.argv.slice(2), Date.now())
  const { files, origin } = args
  const total = await totalBytes(files)
  const task = await prepare(args)
  // Before the bar, so that there is no moment in which it cannot be taken down.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      progress.stop()
      console.log(report.summary(done[args.task]))
      console.log(interrupted[args.task])
      process.exit(128 + constants.signals[signal])
    })
  const progress = startProgress(total, Date.now)
  const report = new Report(progress.say)
  try {
    const entries = readEntries(files, origin, Date.now)
    await work(entries, args.strict, task, report, progress)
    report.uncreatedRooms = await task.uncreated(report.roomsMadeElsewhere)
  } finally {
    progress.stop()
  }
  console.log(report.summary(done[args.task]))
  if (args.strict && report.hasRefusals)
    console.log('stopped at the first refusal, as --strict says')
  if (!report.isClean) process.exitCode = 1
}

/** @throws CannotRun where it would write to another machine without being told to */
const prepare = async ({ task, table, yes, origin }: ImportArguments): Promise<Task> => {
  if (task === 'validate') return validate
  const target = await findTarget(table)
  // Imported here because lib/deps reads its environment when it is loaded.
  const { store } = await import('../../lib/deps.ts')
  if (task === 'verify') {
    console.error(`Verifying ${target.name}.`)
    return verifyIn(store, origin)
  }
  if (!target.isHere && !yes)
    throw new CannotRun(`This would write to ${target.name}: add --yes if that is meant.`)
  console.error(`Writing to ${target.name}.`)
  return importInto(store, target.name)
}

const work = async (
  entries: AsyncIterable<Entry>,
  strict: boolean,
  task: Task,
  report: Report,
  progress: Progress,
): Promise<void> => {
  const isOver = () => strict && report.hasRefusals
  const size = strict ? 1 : batchSize
  let batch: Passed[] = []
  let count = 0
  let start = 0
  let end = 0
  const flush = async () => {
    const bytesPerEntry = (end - start) / Math.max(count, 1)
    const onDone = (entries: number) => {
      start += entries * bytesPerEntry
      progress.done(entries, start)
    }
    onDone(count - batch.length)
    await task.work(batch, report, onDone)
    batch = []
    count = 0
  }
  for await (const entry of entries) {
    count += 1
    end = entry.end
    if (entry.refusal) report.refuse(entry.place, entry.refusal.message)
    else batch.push(entry as Passed)
    if (isOver() || count >= size) await flush()
    if (isOver()) return
  }
  await flush()
  progress.done(0, Infinity)
}
