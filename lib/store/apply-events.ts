import pMap from 'p-map'
import { type Email, normalizeEmail } from '../domain/email.ts'
import type { ChatEvent } from '../domain/events.ts'
import { applyProfile } from './apply-profile.ts'
import { projectPersonalRoom, projectRoom, projectUnlessCurrent } from './project-room.ts'
import { joinersOf, recordEvent, type RoomEvent } from './record-event.ts'
import { retryContention } from './retry.ts'
import { arrivalsBeyondLimit } from './room-limit.ts'
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
 * where it stopped when it is applied again.
 */
export const applyEvents = async (
  store: Store,
  events: ChatEvent[],
  signal: AbortSignal,
): Promise<Applied> => {
  const failed = new Map<ChatEvent, Error>()
  /** Does work for some events; if it fails, so do they. What is throttled is tried again until the time is up. */
  const attempt = async (concerned: ChatEvent[], work: () => Promise<void>): Promise<void> => {
    try {
      await retryContention(store, signal, work)
    } catch (error) {
      for (const event of concerned) failed.set(event, error as Error)
    }
  }
  let rowsWritten = 0

  const applyToRoom = async (roomId: number, ofRoom: RoomEvent[]): Promise<void> => {
    let isNews = false
    const record = (some: RoomEvent[]) =>
      pMap(
        some.filter((event) => !failed.has(event)),
        (event) =>
          attempt([event], async () => {
            if (await recordEvent(store, event, signal)) isNews = true
          }),
        { concurrency },
      )
    // Those who leave come first: they make room.
    const arrivals = ofRoom.filter((event) => joinersOf(event).length > 0)
    await record(ofRoom.filter((event) => !arrivals.includes(event)))
    await attempt(arrivals, async () => {
      const refused = await arrivalsBeyondLimit(store, roomId, arrivals, signal)
      for (const [event, refusal] of refused) failed.set(event, refusal)
    })
    await record(arrivals)

    const recorded = ofRoom.filter((event) => !failed.has(event))
    await attempt(recorded, async () => {
      rowsWritten += await projectAffected(store, roomId, recorded, isNews, signal)
    })
  }

  const rooms = Map.groupBy(events.filter(isOfRoom), ({ room_id }) => room_id)
  await pMap(rooms, ([roomId, ofRoom]) => applyToRoom(roomId, ofRoom), { concurrency })
  await pMap(
    events.filter((event) => !isOfRoom(event)),
    (event) =>
      attempt([event], async () => {
        rowsWritten += await applyProfile(store, event, signal)
      }),
    { concurrency },
  )
  return { outcomes: events.map((event) => failed.get(event)), rowsWritten }
}

const isOfRoom = (event: ChatEvent): event is RoomEvent => event.type !== 'profile.updated'

const projectAffected = async (
  store: Store,
  roomId: number,
  events: RoomEvent[],
  isNews: boolean,
  signal: AbortSignal,
): Promise<number> => {
  if (events.length === 0) return 0
  const showing = events.filter(({ type }) => type !== 'comment.received')
  if (showing.length === 0) return projectPersonalRoom(store, roomId, signal)
  const everyone = showing.some(({ type }) => !ownRowOnly.has(type))
  const affected = { everyone, participants: new Set(showing.flatMap(namedIn)) }
  return isNews
    ? projectRoom(store, roomId, affected, signal)
    : projectUnlessCurrent(store, roomId, affected, signal)
}

/** A group's row shows nobody else, so that these change one row. */
const ownRowOnly: ReadonlySet<ChatEvent['type']> = new Set([
  'comment.read',
  'participant.joined',
  'participant.left',
])

/** Those whose row may come or go, or whose position moved. */
const namedIn = (event: RoomEvent): Email[] =>
  event.type === 'participant.left' || event.type === 'comment.read'
    ? [normalizeEmail(event.email)]
    : joinersOf(event)
