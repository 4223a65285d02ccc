import { constants } from 'node:os'
import { CannotRun } from '../command.ts'
import { type ImportArguments, readArguments } from './arguments.ts'
import { processEntries } from './process-entries.ts'
import { startProgress } from './progress.ts'
import { readEntries, countBytes } from './read-entries.ts'
import { Report } from './report.ts'
import { findTarget } from './target.ts'
import { makeImportTask, type Task, validate, makeVerifyTask } from './tasks.ts'
import { startWorkers } from './workers.ts'

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
      report.sayAll()
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

/** @throws CannotRun if it would write to another machine without --yes */
const prepare = async ({ task, table, yes, origin }: ImportArguments): Promise<Task> => {
  if (task === 'validate') return validate
  const target = await findTarget(table)
  if (task === 'verify') {
    console.error(`Verifying ${target.name}.`)
    return makeVerifyTask(startWorkers(target.name), origin)
  }
  if (!target.isLocal && !yes)
    throw new CannotRun(`This would write to ${target.name}: add --yes to do so.`)
  console.error(`Writing to ${target.name}.`)
  return makeImportTask(startWorkers(target.name), target.name)
}
