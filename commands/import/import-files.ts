import { handleInterruption } from '../table/interruption.ts'
import { openTable } from '../table/open-table.ts'
import { startProgress } from '../table/progress.ts'
import { type ImportArguments, readArguments } from './arguments.ts'
import { processEntries } from './process-entries.ts'
import { readEntries, countBytes } from './read-entries.ts'
import { Report } from './report.ts'
import { makeImportTask, makeVerifyTask, startImportWorkers, type Task, validate } from './tasks.ts'

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
  handleInterruption(() => {
    report.sayAll()
    progress.stop()
    console.log(report.summary(outcomes[args.task]))
    console.log(interruptions[args.task])
  })
  const progress = startProgress('lines', total, Date.now)
  const report = new Report(progress.say)
  try {
    const entries = readEntries(files, origin, Date.now)
    await processEntries(entries, { isStrict: args.strict, task, report, progress })
    report.uncreatedRooms = await task.findUncreated(report.roomsWithoutCreation)
    await task.end()
  } finally {
    report.sayAll()
    progress.stop()
  }
  console.log(report.summary(outcomes[args.task]))
  if (args.strict && report.hasRefusals)
    console.log('Stopped at the first refused line because of --strict.')
  if (!report.isClean) process.exitCode = 1
}

/** @throws CannotRun as {@link openTable} does */
const prepare = async ({ task, table, yes, origin }: ImportArguments): Promise<Task> => {
  if (task === 'validate') return validate
  const { name } = await openTable({ table, yes, access: task === 'verify' ? 'read' : 'write' })
  const workers = startImportWorkers(name)
  return task === 'verify' ? makeVerifyTask(workers, origin) : makeImportTask(workers, name)
}
