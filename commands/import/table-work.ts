import { EventRefused, Unreadable } from '../../lib/domain/errors.ts'
import { store } from '../../lib/deps.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'
import type { InboxRow } from '../../lib/domain/inbox-row.ts'
import { applyEvents } from '../../lib/store/apply-events.ts'
import { findUncreatedRooms } from '../../lib/store/find-uncreated-rooms.ts'
import { findDifferingFields, findMissingFacts } from '../../lib/store/verify-event.ts'
import { listMessages } from '../table/list-messages.ts'

/** The work on the table, which threads of their own do: see ../table/workers.ts. */

/** Why an event is not in the table: because it is refused, or because the table cannot be written. */
export interface Failure {
  isRefused: boolean
  reason: string
}

/** Applies events, all of one room or all of none. */
export const apply = async (
  events: ChatEvent[],
): Promise<{ failures: (Failure | undefined)[]; rowsWritten: number }> => {
  const { outcomes, rowsWritten } = await applyEvents(store, events)
  return { failures: outcomes.map((error) => error && describe(error)), rowsWritten }
}

/** @returns how the table differs from an event, or from the row that a viewer saw, one line each */
export const findDifferences = async ({ event, seen }: Expectation): Promise<string[]> => {
  try {
    const differences = await findMissingFacts(store, event)
    if (seen) differences.push(...(await findDifferingFields(store, seen.viewer, seen.row)))
    return differences
  } catch (error) {
    if (error instanceof Unreadable) return [error.message]
    throw error
  }
}

export interface Expectation {
  event: ChatEvent
  seen: { viewer: string; row: InboxRow } | undefined
}

/** @returns those of the rooms whose creation is not in the table, in ascending order */
export const findUncreated = (roomIds: number[]): Promise<number[]> =>
  findUncreatedRooms(store, roomIds)

const describe = (error: Error): Failure =>
  error instanceof EventRefused
    ? { isRefused: true, reason: error.message }
    : { isRefused: false, reason: listMessages(error).join(': ') }
