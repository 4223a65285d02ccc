import type { Email } from '../../../lib/domain/email.ts'
import { runCommand, WrongUse } from '../../command.ts'
import { workUntilEnd } from '../table/work-until-end.ts'
import { nameUser } from '../table/outcome.ts'
import { openTable } from '../table/open-table.ts'
import { type Progress, startProgress } from '../table/progress.ts'
import { type Visit, visitTable } from '../table/visit-table.ts'
import { startWorkers, type Workers } from '../table/workers.ts'
import { readArguments } from './arguments.ts'
import { Report } from './report.ts'
import type * as tableWork from './table-work.ts'

/** Restores rooms and profiles from a restored table, or counts what it would copy, as the arguments say. */
const restoreTable = async (): Promise<void> => {
  const { rooms, dryRun, from, ...options } = readArguments(process.argv.slice(2))
  // The live table is opened first: its environment says where the restored one is.
  const target = await openTable({ ...options, access: dryRun ? 'read' : 'write' })
  if (target.tableName === from)
    throw new WrongUse(
      `--from and the live table are both ${from}: name the restored table with --from. Nothing was written.`,
    )
  // Imported here because lib/deps reads its environment when it is loaded.
  const { store: live } = await import('../../../lib/deps.ts')
  // The threads take the environment of this moment, which names the live table.
  const workers: Workers<typeof tableWork> = startWorkers(
    new URL('./table-work.ts', import.meta.url),
    target.name,
  )
  await openTable({ table: from, yes: false, access: 'read' })
  const restored = { ...live, tableName: from }
  const progress = startProgress('rooms', rooms?.length, Date.now)
  const report = new Report(progress.say)
  const visit = makeVisit(workers, {
    from,
    dryRun,
    report,
    progress,
    nameOf: (user) => nameUser(target.tableName, user),
  })
  const summarize = (end: string) => {
    progress.stop()
    console.log(report.summary(dryRun))
    console.log(
      dryRun
        ? `${end}. The rest has not been compared. Run the command again.`
        : `${end}. What is counted here is restored. Run the command again to continue.`,
    )
  }
  await workUntilEnd(target, summarize, async () => {
    await visitTable(restored, rooms, visit, workers.capacity)
    await workers.end()
  })
  progress.stop()
  console.log(report.summary(dryRun))
  if (!report.isClean) process.exitCode = 1
}

interface Job {
  from: string
  dryRun: boolean
  report: Report
  progress: Progress
  nameOf: (user: Email) => string
}

const makeVisit = (
  workers: Workers<typeof tableWork>,
  { from, dryRun, report, progress, nameOf }: Job,
): Visit => {
  let rooms = 0
  return {
    onRoom: async (roomId) => {
      const outcome = await workers.run('workOnRoom', { from, roomId, dryRun })
      report.add(`room ${roomId}`, outcome)
      if ('result' in outcome) report.countRoom()
      rooms += 1
      progress.advance(1, rooms)
    },
    onMissing: (roomId, reason) => {
      report.add(`room ${roomId}`, { reason })
    },
    onUser: async (user) => {
      report.add(nameOf(user), await workers.run('workOnUser', { from, user, dryRun }))
    },
  }
}

runCommand(restoreTable)
