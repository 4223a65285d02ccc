import type { Email } from '../../../lib/domain/email.ts'
import type { Store } from '../../../lib/store/store.ts'
import { WrongUse } from '../../command.ts'
import { openTable } from './open-table.ts'
import type { TableOptions } from './options.ts'
import { nameUser, type Outcome } from './outcome.ts'
import { VisitReport, type Visited, type Wording } from './visit-report.ts'
import { visitTable } from './visit-table.ts'
import { workUntilEnd } from './work-until-end.ts'
import { startWorkers } from './workers.ts'

/** The work in a room, and for a user. Separate threads do it. */
export type WorkOnRoom<Task> = (task: Task & { roomId: number }) => Promise<Outcome<Visited>>
export type WorkOnUser<Task> = (task: Task & { user: Email }) => Promise<Outcome<Visited>>

interface Visits<Task> extends TableOptions, Wording {
  /** Undefined for all rooms and users. */
  rooms: number[] | undefined
  /** A restored table next to the live one. Its rooms and users are visited instead. */
  from?: string
  /** The module with `workOnRoom` and `workOnUser`. */
  work: URL
  /** What both functions receive besides the room or the user. */
  task: Task
}

/**
 * Works on the rooms and users of a table, prints what is wrong and a summary, and sets the exit code to 1 if anything
 * is wrong.
 * @throws CannotRun as {@link openTable} does, and if the work fails; WrongUse if `from` is the live table
 */
export const runVisits = async <Task extends object>({
  table,
  yes,
  rooms,
  from,
  work,
  task,
  ...wording
}: Visits<Task>): Promise<void> => {
  const { dryRun, done } = wording
  // The live table is opened first: its environment says where the restored one is.
  const { name, tableName } = await openTable({ table, yes, access: dryRun ? 'read' : 'write' })
  // Imported here because lib/deps reads its environment when it is loaded.
  const { store } = await import('../../../lib/deps.ts')
  // The threads take the environment of this moment, which names the live table.
  const workers = startWorkers<{ workOnRoom: WorkOnRoom<Task>; workOnUser: WorkOnUser<Task> }>(work)
  const visited = from === undefined ? store : await openRestored(from, store)
  const report = await workUntilEnd({
    table: name,
    unit: 'rooms',
    total: rooms?.length,
    makeReport: (say) => new VisitReport(wording, say),
    early: dryRun ? `The rest has not been ${done}.` : `What is counted here is ${done}.`,
    work: async (report, progress) => {
      let end = 0
      const visit = {
        onRoom: async (roomId: number) => {
          const outcome = await workers.run('workOnRoom', { ...task, roomId })
          report.add('rooms', `room ${roomId}`, outcome)
          end += 1
          progress.advance(1, end)
        },
        onMissing: (roomId: number, reason: string) => {
          report.add('rooms', `room ${roomId}`, { reason })
        },
        onUser: async (user: Email) => {
          const outcome = await workers.run('workOnUser', { ...task, user })
          report.add('users', nameUser(tableName, user), outcome)
        },
      }
      await visitTable(visited, rooms, visit, workers.capacity)
      await workers.end()
    },
  })
  if (!report.isClean) process.exitCode = 1
}

const openRestored = async (from: string, live: Store): Promise<Store> => {
  if (from === live.tableName)
    throw new WrongUse(
      `--from and the live table are both ${from}: name the restored table with --from. Nothing was written.`,
    )
  await openTable({ table: from, yes: false, access: 'read' })
  return { ...live, tableName: from }
}
