import { EventRefused, catchRefusal } from '../../../domain/errors.ts'
import { type RoomEvent, listJoiners } from '../../../domain/events.ts'
import { refuseOtherType } from '../../facts/compare-fact.ts'
import type { Fact } from '../../facts/fact.ts'
import { listFacts } from '../../facts/facts-of-event.ts'
import { foldFacts, type Items } from '../../facts/fold-facts.ts'
import type { Item } from '../../item.ts'
import { roomKey, formatKey } from '../../keys.ts'
import { admitArrivals } from '../../limit-arrivals.ts'
import { parseState } from './parse-state.ts'

interface Simulated {
  items: Items
  /** The events that an import refuses, and why. */
  refused: Map<RoomEvent, EventRefused>
}

/**
 * Finds what a room's items are after an import of events in one batch, without the table.
 * @param stored the items before; they are not changed
 * @param profiles facts that copy profiles into the room
 */
export const simulateImport = (
  stored: Items,
  roomId: number,
  events: RoomEvent[],
  profiles: Fact[] = [],
): Simulated => {
  const items: Items = new Map(stored)
  const refused: Simulated['refused'] = new Map()
  const record = (event: RoomEvent): void => {
    const facts = listFacts(event)
    const reason = findReason(facts, items.get(formatKey(roomKey(roomId))))
    if (reason) refused.set(event, reason)
    else foldFacts(items, facts)
  }
  const isArrival = (event: RoomEvent) => listJoiners(event).length > 0
  // Admission come second, as in an import.
  for (const event of events) if (!isArrival(event)) record(event)
  const { room, participants } = parseState(items, roomId)
  const arrivals = events.filter(isArrival)
  const full = admitArrivals(room, participants, arrivals).refused
  for (const event of arrivals) {
    const reason = full.get(event)
    if (reason) refused.set(event, reason)
    else record(event)
  }
  foldFacts(
    items,
    profiles.filter(({ key }) => hasRow(items.get(formatKey(key)))),
  )
  return { items, refused }
}

const findReason = (facts: Fact[], room: Item | undefined): EventRefused | undefined =>
  catchRefusal(() => {
    for (const fact of facts) refuseOtherType(fact, room)
    return undefined
  })

/** A profile reaches the rooms in which its user has a row: of somebody who joined or left. */
const hasRow = (participant: Item = {}): boolean =>
  (participant['joined_at'] ?? participant['left_at']) !== undefined
