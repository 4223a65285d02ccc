import pMap from 'p-map'
import type { ChatEvent } from '../../../lib/domain/events.ts'
import { CannotRun } from '../../command.ts'
import { startWorkers, type Workers } from '../table/workers.ts'
import type { Entry } from './read-entries.ts'
import type { Report } from './report.ts'
import type * as tableWork from './table-work.ts'

export type ImportWorkers = Workers<typeof tableWork>

export const startImportWorkers = (threads?: number): ImportWorkers =>
  startWorkers(new URL('./table-work.ts', import.meta.url), threads)

/** An entry that was not refused when it was read. */
export type AcceptedEntry = Entry & { event: ChatEvent }

export interface Task {
  /**
   * Imports or checks a batch of entries, and reports the result of each.
   * @param onDone called with the number of entries that are done since the last call
   */
  processBatch: (
    entries: AcceptedEntry[],
    report: Report,
    onDone: (entries: number) => void,
  ) => Promise<void>
}

/** Needs no table. */
export const validate: Task = {
  processBatch: (entries, report, onDone) => {
    for (const { event } of entries) report.count(event)
    onDone(entries.length)
    return Promise.resolve()
  },
}

/**
 * The task throws CannotRun if the table cannot be written. A room's events in a batch are one piece of
 * work, so one thread applies them, and the room's events in the next batch wait until it is done. The
 * profiles come after the rooms of their batch, so that the number of rows written does not depend on
 * chance.
 */
export const makeImportTask = (workers: ImportWorkers, target: string): Task => {
  const importPiece = async (entries: AcceptedEntry[], report: Report): Promise<void> => {
    const events = entries.map(({ event }) => event)
    const { failures, rowsWritten } = await workers.run('apply', events)
    report.rowsWritten += rowsWritten
    for (const [index, entry] of entries.entries()) {
      const failure = failures[index]
      if (failure === undefined) report.count(entry.event)
      else if (failure.isRefused) report.refuse(entry, failure.reason)
      else throw new CannotRun(`${entry.place}: cannot write to ${target} (${failure.reason}).`)
    }
  }
  return {
    processBatch: async (entries, report, onDone) => {
      const importAll = (pieces: Map<unknown, AcceptedEntry[]>) =>
        pMap(
          pieces.values(),
          async (piece) => {
            await importPiece(piece, report)
            onDone(piece.length)
          },
          { concurrency: workers.capacity },
        )
      const { rooms = [], profiles = [] } = Object.groupBy(entries, ({ event }) =>
        'room_id' in event ? 'rooms' : 'profiles',
      )
      await importAll(Map.groupBy(rooms, ({ event }) => 'room_id' in event && event.room_id))
      await importAll(Map.groupBy(profiles, ({ event }) => 'email' in event && event.email))
    },
  }
}
