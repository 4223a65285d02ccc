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

/** An entry that passed the door. */
export type Passed = Entry & { event: ChatEvent }

export interface Task {
  /**
   * Does with a batch of entries what is asked, and tells the report of each.
   * @param onDone called whenever some of the entries are done, with their number
   */
  work: (entries: Passed[], report: Report, onDone: (entries: number) => void) => Promise<void>
  /** @returns those of the rooms that the table has no creation of, in ascending order */
  uncreated: (roomIds: number[]) => Promise<number[]>
}

const roomsAtATime = 8
const readsAtATime = 16

/** Knows no table, and thus nothing of rooms that it may have. */
export const validate: Task = {
  work: (entries, report, onDone) => {
    for (const { event } of entries) report.count(event)
    onDone(entries.length)
    return Promise.resolve()
  },
  uncreated: () => Promise.resolve([]),
}

/** @throws CannotRun where the table cannot be written */
export const importInto = (store: Store, target: string): Task => {
  const attempt = async (
    entries: Passed[],
    report: Report,
  ): Promise<(Passed & { error: Error })[]> => {
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
  const importRoom = async (entries: Passed[], report: Report): Promise<void> => {
    for (const { place, error } of await attempt(entries, report)) {
      if (!(error instanceof EventRefused))
        throw new CannotRun(
          `${place}: cannot write to ${target} (${messagesOf(error).join(': ')}). What is written stays: run it again to go on.`,
        )
      report.refuse(place, error.message)
    }
  }
  return {
    // Room by room, so that what is done is known while the batch goes on.
    work: async (entries, report, onDone) => {
      const rooms = Map.groupBy(entries, ({ event }) =>
        'room_id' in event ? event.room_id : undefined,
      )
      await pMap(
        rooms.values(),
        async (ofRoom) => {
          await importRoom(ofRoom, report)
          onDone(ofRoom.length)
        },
        { concurrency: roomsAtATime },
      )
    },
    uncreated: (roomIds) => findUncreatedRooms(store, roomIds),
  }
}

export const verifyIn = (store: Store, origin: DocumentOrigin | undefined): Task => ({
  work: async (entries, report, onDone) => {
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
      { concurrency: readsAtATime },
    )
  },
  uncreated: (roomIds) => findUncreatedRooms(store, roomIds),
})

const messagesOf = (error: unknown): string[] =>
  error instanceof Error ? [error.message, ...messagesOf(error.cause)] : []
