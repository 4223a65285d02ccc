import pMap from 'p-map'
import { type Email, normalizeEmail } from '../domain/email.ts'
import type { ChatEvent } from '../domain/events.ts'
import { applyProfile } from './apply-profile.ts'
import { joinersOf, recordEvent, type RoomEvent } from './facts/record-event.ts'
import { findArrivalsBeyondLimit } from './limit-arrivals.ts'
import {
  type Affected,
  projectPersonalRoom,
  projectRoom,
  projectUnlessCurrent,
} from './project-room.ts'
import { retryContention } from './retry.ts'
import type { Store } from './table.ts'

/** Rooms at a time, and events of one room at a time. */
const concurrency = 8

export interface Applied {
  /** For each event undefined once it is applied, else why it is not. */
  outcomes: (Error | undefined)[]
  rowsWritten: number
}

/**
 * Applies events in whatever order they come and however often: a room's facts are recorded first,
 * then its rows are projected once, whatever the number of its events. An event that failed goes on
 * where it stopped when it is applied again. docs/decisions/0008-facts-and-rows.md has the protocol.
 */
export const applyEvents = async (store: Store, events: ChatEvent[]): Promise<Applied> => {
  const batch: Batch = { store, failed: new Map(), rowsWritten: 0 }
  const rooms = Map.groupBy(events.filter(isOfRoom), ({ room_id }) => room_id)
  await pMap(rooms, ([roomId, ofRoom]) => applyToRoom(batch, roomId, ofRoom), { concurrency })
  const profiles = events.filter((event) => !isOfRoom(event))
  await pMap(
    profiles,
    (event) =>
      attempt(batch, [event], async () => {
        batch.rowsWritten += await applyProfile(store, event)
      }),
    { concurrency },
  )
  return {
    outcomes: events.map((event) => batch.failed.get(event)),
    rowsWritten: batch.rowsWritten,
  }
}

/** What became of a batch of events so far. */
interface Batch {
  store: Store
  failed: Map<ChatEvent, Error>
  rowsWritten: number
}

/** Does work for some events; if it fails, so do they. Throttled calls are tried again until the time is up. */
const attempt = async (
  { store, failed }: Batch,
  events: ChatEvent[],
  work: () => Promise<void>,
): Promise<void> => {
  try {
    await retryContention(store, work)
  } catch (error) {
    for (const event of events) failed.set(event, error as Error)
  }
}

const applyToRoom = async (batch: Batch, roomId: number, events: RoomEvent[]): Promise<void> => {
  const { store, failed } = batch
  const arrivals = events.filter((event) => joinersOf(event).length > 0)
  const others = events.filter((event) => joinersOf(event).length === 0)

  // Arrivals come second, so that a leave in the same batch makes room for them.
  const hasNewFacts = await recordEvents(batch, others)
  await attempt(batch, arrivals, async () => {
    const refused = await findArrivalsBeyondLimit(store, roomId, arrivals)
    for (const [event, refusal] of refused) failed.set(event, refusal)
  })
  const admitted = arrivals.filter((event) => !failed.has(event))
  const hasNewArrivals = await recordEvents(batch, admitted)

  const recorded = events.filter((event) => !failed.has(event))
  await attempt(batch, recorded, async () => {
    const isNews = hasNewFacts || hasNewArrivals
    batch.rowsWritten += await projectEvents(store, roomId, recorded, isNews)
  })
}

/** @returns whether anything was not known before */
const recordEvents = async (batch: Batch, events: RoomEvent[]): Promise<boolean> => {
  let isNews = false
  await pMap(
    events,
    (event) =>
      attempt(batch, [event], async () => {
        if (await recordEvent(batch.store, event)) isNews = true
      }),
    { concurrency },
  )
  return isNews
}

const isOfRoom = (event: ChatEvent): event is RoomEvent => event.type !== 'profile.updated'

/** Writes the rows of a room that show what these events say. */
const projectEvents = async (
  store: Store,
  roomId: number,
  events: RoomEvent[],
  isNews: boolean,
): Promise<number> => {
  if (events.length === 0) return 0
  const shown = events.filter(({ type }) => type !== 'comment.received')
  if (shown.length === 0) return projectPersonalRoom(store, roomId)
  const affected: Affected = {
    everyone: shown.some(({ type }) => !changesOwnRowOnly.has(type)),
    participants: new Set(shown.flatMap(findOwnRows)),
  }
  return isNews
    ? projectRoom(store, roomId, affected)
    : projectUnlessCurrent(store, roomId, affected)
}

/** A group's row shows nobody else, so these events change one row of a group. */
const changesOwnRowOnly: ReadonlySet<ChatEvent['type']> = new Set([
  'comment.read',
  'participant.joined',
  'participant.left',
])

/** Those whose row may come or go, or whose read position moved. */
const findOwnRows = (event: RoomEvent): Email[] =>
  event.type === 'participant.left' || event.type === 'comment.read'
    ? [normalizeEmail(event.email)]
    : joinersOf(event)
