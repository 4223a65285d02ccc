import { CannotRun, runCommand } from '../command.ts'
import { type ImportArguments, readArguments } from './arguments.ts'
import { startProgress } from './progress.ts'
import { type Entry, readEntries, totalBytes } from './read-entries.ts'
import { Report } from './report.ts'
import { findTarget } from './target.ts'
import { importInto, type Passed, type Task, validate, verifyIn } from './tasks.ts'

/** Entries at a time: a room's events in one batch cost one projection. */
const batchSize = 2000

const done = { import: 'imported', validate: 'valid', verify: 'verified' }

/** Brings event files and listing documents into the table. */
const main = async (): Promise<void> => {
  const args = readArguments(process.argv.slice(2), Date.now())
  const { files, origin } = args
  const total = await totalBytes(files)
  const task = await prepare(args)
  const progress = startProgress(total, Date.now)
  const report = new Report(progress.say)
  try {
    const entries = readEntries(files, origin, Date.now, progress.read)
    await work(entries, args.strict, task, report, progress.done)
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
  onDone: (count: number) => void,
): Promise<void> => {
  const isOver = () => strict && report.hasRefusals
  const size = strict ? 1 : batchSize
  let batch: Passed[] = []
  const flush = async () => {
    await task(batch, report)
    onDone(batch.length)
    batch = []
  }
  for await (const entry of entries) {
    if (entry.refusal) report.refuse(entry.place, entry.refusal.message)
    else batch.push(entry as Passed)
    if (isOver() || batch.length >= size) await flush()
    if (isOver()) return
  }
  await flush()
}

runCommand(main)
