import { constants } from 'node:os'
import { explainTableFailure } from '../../explain-failure.ts'
import { type Progress, startProgress } from './progress.ts'

/** The result of a command so far. */
interface Report {
  /** Says what it has not said yet, and returns the result as lines for people. */
  summarize: () => string
}

interface Work<OwnReport extends Report> {
  /** Names the table to people. Undefined if the work needs no table. */
  table: string | undefined
  /** What the progress counts, as {@link startProgress} takes it. */
  unit: string
  total: number | undefined
  makeReport: (say: Progress['say']) => OwnReport
  /** A sentence that says what it means if the work ends early. */
  early: string
  work: (report: OwnReport, progress: Progress) => Promise<void>
}

/**
 * Does the work of a command and prints the summary of its report, also if the work fails and on Ctrl-C and SIGTERM.
 * After a signal, the command ends with 128 plus the number of the signal.
 * @throws CannotRun if the work on the table fails
 */
export const workUntilEnd = async <OwnReport extends Report>({
  table,
  unit,
  total,
  makeReport,
  early,
  work,
}: Work<OwnReport>): Promise<OwnReport> => {
  const printSummary = () => {
    const summary = report.summarize()
    progress.stop()
    console.log(summary)
  }
  const printEarlyEnd = (end: 'Interrupted' | 'Failed') => {
    printSummary()
    console.log(`${end}. ${early} Run the command again.`)
  }
  // Set before the bar is drawn, so that an interruption always removes the bar.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      printEarlyEnd('Interrupted')
      process.exit(128 + constants.signals[signal])
    })
  const progress = startProgress(unit, total, Date.now)
  const report = makeReport(progress.say)
  try {
    await work(report, progress)
  } catch (error) {
    printEarlyEnd('Failed')
    throw table === undefined ? error : explainTableFailure(table, error)
  }
  printSummary()
  return report
}
