import { runCommand } from '../../command.ts'
import { workUntilEnd } from '../table/work-until-end.ts'
import { openTable } from '../table/open-table.ts'
import { type Progress, startProgress } from '../table/progress.ts'
import { type Visit, visitTable } from '../table/visit-table.ts'
import { startWorkers, type Workers } from '../table/workers.ts'
import { readArguments } from './arguments.ts'
import { Report } from '../table/report.ts'
import type * as tableWork from './table-work.ts'

/** Rebuilds or checks rows and totals, as the arguments say. */
const rebuildTable = async (): Promise<void> => {
  const { rooms, check, ...options } = readArguments(process.argv.slice(2))
  const target = await openTable({ ...options, access: check ? 'read' : 'write' })
  // Imported here because lib/deps reads its environment when it is loaded.
  const { store } = await import('../../../lib/deps.ts')
  const progress = startProgress('rooms', rooms?.length, Date.now)
  const report = new Report(target.tableName, progress.say)
  const workers: Workers<typeof tableWork> = startWorkers(
    new URL('./table-work.ts', import.meta.url),
    target.name,
  )
  const visit = makeVisit(workers, {
    check,
    userWork: rooms ? 'workOnTotals' : 'workOnUser',
    report,
    progress,
  })
  const summarize = (end: string) => {
    progress.stop()
    console.log(report.summary(check))
    console.log(
      check
        ? `${end}. The rest has not been checked. Run the command again.`
        : `${end}. What is counted here is right. Run the command again to continue.`,
    )
  }
  await workUntilEnd(target, summarize, async () => {
    await visitTable(store, rooms, visit, workers.capacity)
    await workers.end()
  })
  progress.stop()
  console.log(report.summary(check))
  if (!report.isClean) process.exitCode = 1
}

interface Job {
  check: boolean
  /** What is done with each user. */
  userWork: 'workOnUser' | 'workOnTotals'
  report: Report
  progress: Progress
}

const makeVisit = (
  workers: Workers<typeof tableWork>,
  { check, userWork, report, progress }: Job,
): Visit => {
  let rooms = 0
  return {
    onRoom: async (roomId) => {
      const outcome = await workers.run('workOnRoom', { roomId, check })
      if ('reason' in outcome) report.addUnreadableRoom(roomId, outcome.reason)
      else {
        report.add(outcome.result)
        report.countRoom()
      }
      rooms += 1
      progress.advance(1, rooms)
    },
    onMissing: (roomId, reason) => {
      report.addUnreadableRoom(roomId, reason)
    },
    onUser: async (user) => {
      const outcome = await workers.run(userWork, { user, check })
      if ('reason' in outcome) report.addUnreadableUser(user, outcome.reason)
      else {
        report.add(outcome.result)
        report.countUser()
      }
    },
  }
}

runCommand(rebuildTable)
