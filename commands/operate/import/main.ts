import { runCommand } from '../../command.ts'
import { openTable } from '../table/open-table.ts'
import { workUntilEnd } from '../table/work-until-end.ts'
import { type ImportArguments, readArguments } from './arguments.ts'
import { processEntries } from './process-entries.ts'
import { readEntries, countBytes } from './read-entries.ts'
import { Report } from './report.ts'
import {
  type ImportWorkers,
  makeImportTask,
  startImportWorkers,
  type Task,
  validate,
} from './tasks.ts'
import { makeRepairFile, type RepairFile } from './verify/repair-file.ts'
import { verifyEntries } from './verify/verify-entries.ts'

const done = { import: 'imported', validate: 'valid', verify: 'verified' }
const early = {
  import:
    'Everything counted here is in the table, and some later lines may be as well: importing a line twice does no harm.',
  validate: 'The rest has not been checked.',
  verify: 'The rest has not been compared.',
}

/** Imports, checks or verifies event files and listing documents, as the arguments say. */
const importFiles = async (): Promise<void> => {
  const args = readArguments(process.argv.slice(2), Date.now())
  const { files, origin, strict: isStrict, until } = args
  const total = await countBytes(files)
  const repairFile = args.repair === undefined ? undefined : makeRepairFile(args.repair)
  const job = await prepare(args)
  const report = await workUntilEnd({
    table: job.table,
    unit: 'lines',
    total,
    makeReport: (say) => new Report(done[args.task], say),
    early: early[args.task],
    work: async (report, progress) => {
      const entries = readEntries(files, origin, Date.now)
      const work = { isStrict, report, progress }
      if ('task' in job) await processEntries(entries, { ...work, task: job.task })
      else await verifyEntries(entries, { ...work, workers: job.workers, total, until, repairFile })
      if (job.workers) {
        report.uncreatedRooms = await job.workers.run('findUncreated', report.roomsWithoutCreation)
        await job.workers.end()
      }
    },
  })
  if (isStrict && report.hasRefusals)
    console.log('Stopped at the first refused line because of --strict.')
  if (repairFile) console.log(completeRepairs(repairFile, report, args.repair!))
  process.exitCode = report.exitCode
}

/** What the command does with the entries, and the table and the threads that work on it. */
type Job =
  | { table?: string; task: Task; workers?: ImportWorkers }
  | { table: string; workers: ImportWorkers }

/** @throws CannotRun as {@link openTable} does */
const prepare = async ({ task, table, yes }: ImportArguments): Promise<Job> => {
  if (task === 'validate') return { task: validate }
  const access = task === 'verify' ? 'read' : 'write'
  const { name } = await openTable({ table, yes, access })
  const onTable = { table: name, workers: startImportWorkers() }
  return task === 'verify' ? onTable : { ...onTable, task: makeImportTask(onTable.workers, name) }
}

/**
 * Keeps the events of --repair, unless the files were not read completely: data from a refused line would look
 * like too much.
 */
const completeRepairs = (repairFile: RepairFile, report: Report, path: string): string => {
  if (report.hasRefusals)
    return 'No repairs are written, because lines were refused: what they say would be removed from the table. Correct the lines first.'
  const count = repairFile.complete()
  if (count === 0) return `No repairs are needed, or possible: ${path} is not written.`
  return `repairs written: ${count} events in ${path}. Import the file, then verify again.`
}

runCommand(importFiles)
