import pMap from 'p-map'
import { EventRefused } from '../../lib/domain/errors.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import type { Store } from '../../lib/store/table.ts'
import { findDifferingFields, findMissingFacts } from '../../lib/store/verify-event.ts'
import { CannotRun } from '../command.ts'
import type { DocumentOrigin } from '../../lib/events/listing-document.ts'
import type { Entry } from './read-entries.ts'
import type { Report } from './report.ts'

/** An entry that passed the door. */
export type Passed = Entry & { event: ChatEvent }

/** Does with a batch of entries what is asked, and tells the report of each. */
export type Task = (entries: Passed[], report: Report) => Promise<void>

const concurrency = 16

export const validate: Task = (entries, report) => {
  for (const { event } of entries) report.count(event)
  return Promise.resolve()
}

/** @throws CannotRun where the table cannot be written */
export const importInto =
  (store: Store, target: string): Task =>
  async (entries, report) => {
    const attempt = async (some: Passed[]): Promise<(Passed & { error: Error })[]> => {
      const events = some.map(({ event }) => event)
      const { outcomes, rowsWritten } = await applyEvents(store, events)
      report.rowsWritten += rowsWritten
      return some.flatMap((entry, index) => {
        const error = outcomes[index]
        if (error) return { ...entry, error }
        report.count(entry.event)
        return []
      })
    }
    // Once more: within a batch, a joining may be ahead of the leave that makes room for it.
    const failed = await attempt(await attempt(entries))
    for (const { place, error } of failed) {
      if (!(error instanceof EventRefused))
        throw new CannotRun(
          `${place}: cannot write to ${target} (${messagesOf(error).join(': ')}). What is written stays: run it again to go on.`,
        )
      report.refuse(place, error.message)
    }
  }

export const verifyIn =
  (store: Store, origin: DocumentOrigin | undefined): Task =>
  async (entries, report) => {
    await pMap(
      entries,
      async ({ place, event, row }) => {
        const differences = await findMissingFacts(store, event)
        if (row && origin)
          differences.push(...(await findDifferingFields(store, origin.viewer, row)))
        for (const difference of differences) report.differ(place, difference)
        if (differences.length === 0) report.count(event)
      },
      { concurrency },
    )
  }

const messagesOf = (error: unknown): string[] =>
  error instanceof Error ? [error.message, ...messagesOf(error.cause)] : []
