import { paginateQuery } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { type Email, normalizeEmail } from '../domain/email.ts'
import type { ChatEvent, ProfileUpdated } from '../domain/events.ts'
import { participantKey, roomIdOfRow, rowPrefix, userPartition } from './keys.ts'
import { projectPersonalRoom, projectRoom } from './project-room.ts'
import { factsOf, profileFact } from './facts-of-event.ts'
import { joinersOf, recordEvent, recordFact, type RoomEvent } from './record-event.ts'
import { joiningsBeyondLimit } from './room-limit.ts'
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
  let rowsWritten = 0
  /** Does work that counts its rows; if it fails, so do the events that it was for. */
  const attempt = async (concerned: ChatEvent[], work: () => Promise<number>): Promise<void> => {
    try {
      const written = await work()
      rowsWritten += written
    } catch (error) {
      for (const event of concerned) failed.set(event, error as Error)
    }
  }
  const record = async (event: RoomEvent): Promise<number> => {
    await recordEvent(store, event, signal)
    return 0
  }

  const rooms = Map.groupBy(events.filter(isOfRoom), ({ room_id }) => room_id)
  await pMap(
    rooms,
    async ([roomId, ofRoom]) => {
      await attempt(ofRoom, async () => {
        const joinings = ofRoom.filter((event) => event.type === 'participant.joined')
        const refused = await joiningsBeyondLimit(store, roomId, joinings, signal)
        for (const [event, refusal] of refused) failed.set(event, refusal)
        return 0
      })
      const admitted = ofRoom.filter((event) => !failed.has(event))
      await pMap(admitted, (event) => attempt([event], () => record(event)), { concurrency })
      const recorded = ofRoom.filter((event) => !failed.has(event))
      await attempt(recorded, () => projectAffected(store, roomId, recorded, signal))
    },
    { concurrency },
  )
  await pMap(
    events.filter((event) => !isOfRoom(event)),
    (event) => attempt([event], () => applyProfile(store, event, signal)),
    { concurrency },
  )
  return { outcomes: events.map((event) => failed.get(event)), rowsWritten }
}

const isOfRoom = (event: ChatEvent): event is RoomEvent => event.type !== 'profile.updated'

const projectAffected = async (
  store: Store,
  roomId: number,
  events: RoomEvent[],
  signal: AbortSignal,
): Promise<number> => {
  if (events.length === 0) return 0
  const showing = events.filter(({ type }) => type !== 'comment.received')
  if (showing.length === 0) return projectPersonalRoom(store, roomId, signal)
  const everyone = showing.some(({ type }) => !ownRowOnly.has(type))
  const participants = new Set(showing.flatMap(namedIn))
  return projectRoom(store, roomId, { everyone, participants }, signal)
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

/**
 * The profile is written before the user's rooms are listed, stubs and tombstones included: a room
 * joined meanwhile is in that list, or its joining finds the profile.
 */
const applyProfile = async (
  store: Store,
  event: ProfileUpdated,
  signal: AbortSignal,
): Promise<number> => {
  const email = normalizeEmail(event.email)
  for (const fact of factsOf(event)) await recordFact(store, fact, signal)
  const pages = paginateQuery(
    { client: store.client },
    {
      TableName: store.tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :rows)',
      ExpressionAttributeValues: { ':pk': userPartition(email).pk, ':rows': rowPrefix },
      ProjectionExpression: 'sk',
    },
    { abortSignal: signal },
  )
  let rowsWritten = 0
  for await (const { Items = [] } of pages) {
    const written = await pMap(
      Items,
      async ({ sk }) => {
        const roomId = roomIdOfRow(sk as string)
        const participant = participantKey(roomId, email)
        await recordFact(store, profileFact(participant, event, event.occurred_at), signal)
        return projectPersonalRoom(store, roomId, signal)
      },
      { concurrency },
    )
    rowsWritten += written.reduce((sum, rows) => sum + rows, 0)
  }
  return rowsWritten
}
