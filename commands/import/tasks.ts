import pMap from 'p-map'
import { EventRefused } from '../../lib/domain/errors.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { findUncreatedRooms } from '../../lib/store/find-uncreated-rooms.ts'
import type { Store } from '../../lib/store/table.ts'
import { findDifferingFields, findMissingFacts } from '../../lib/store/verify-event.ts'
import { CannotRun } from '../command.ts'
import type { DocumentOrigin } from '../../lib/events/listing-document.ts'
import type { Entry } from './read-entries.ts'
import type { Report } from './report.ts'

/** An entry that was not refused when it was read. */
export type AcceptedEntry = Entry & { event: ChatEvent }

export interface Task {
  /**
   * Imports, checks or verifies a batch of entries, and reports the result of each.
   * @param onDone called with the number of entries that are done since the last call
   */
  processBatch: (
    entries: AcceptedEntry[],
    report: Report,
    onDone: (entries: number) => void,
  ) => Promise<void>
  /** @returns those of the rooms whose creation is not in the table, in ascending order */
  findUncreated: (roomIds: number[]) => Promise<number[]>
}

const concurrentRooms = 8
const concurrentReads = 16

/** Needs no table, so it cannot know which rooms were created before. */
export const validate: Task = {
  processBatch: (entries, report, onDone) => {
    for (const { event } of entries) report.count(event)
    onDone(entries.length)
    return Promise.resolve()
  },
  findUncreated: () => Promise.resolve([]),
}

/** The task throws CannotRun if the table cannot be written. */
export const makeImportTask = (store: Store, target: string): Task => {
  const attempt = async (
    entries: AcceptedEntry[],
    report: Report,
  ): Promise<(AcceptedEntry & { error: Error })[]> => {
    const events = entries.map(({ event }) => event)
    const { outcomes, rowsWritten } = await applyEvents(store, events)
    report.rowsWritten += rowsWritten
    return entries.flatMap((entry, index) => {
      const error = outcomes[index]
      if (error) return { ...entry, error }
      report.count(entry.event)
      return []
    })
  }
  const importRoom = async (entries: AcceptedEntry[], report: Report): Promise<void> => {
    for (const { place, error } of await attempt(entries, report)) {
      if (!(error instanceof EventRefused))
        throw new CannotRun(
          `${place}: cannot write to ${target} (${listMessages(error).join(': ')}). What was written stays: run the command again to continue.`,
        )
      report.refuse(place, error.message)
    }
  }
  return {
    // Room by room, so that progress is reported during the batch.
    processBatch: async (entries, report, onDone) => {
      const rooms = Map.groupBy(entries, ({ event }) =>
        'room_id' in event ? event.room_id : undefined,
      )
      await pMap(
        rooms.values(),
        async (ofRoom) => {
          await importRoom(ofRoom, report)
          onDone(ofRoom.length)
        },
        { concurrency: concurrentRooms },
      )
    },
    findUncreated: (roomIds) => findUncreatedRooms(store, roomIds),
  }
}

export const makeVerifyTask = (store: Store, origin: DocumentOrigin | undefined): Task => ({
  processBatch: async (entries, report, onDone) => {
    await pMap(
      entries,
      async ({ place, event, row }) => {
        const differences = await findMissingFacts(store, event)
        if (row && origin)
          differences.push(...(await findDifferingFields(store, origin.viewer, row)))
        for (const difference of differences) report.differ(place, difference)
        if (differences.length === 0) report.count(event)
        onDone(1)
      },
      { concurrency: concurrentReads },
    )
  },
  findUncreated: (roomIds) => findUncreatedRooms(store, roomIds),
})

const listMessages = (error: unknown): string[] =>
  error instanceof Error ? [error.message, ...listMessages(error.cause)] : []
