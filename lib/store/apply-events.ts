import { paginateQuery } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { type Email, normalizeEmail } from '../domain/email.ts'
import type { ChatEvent, ProfileUpdated } from '../domain/events.ts'
import { participantKey, roomIdOfRow, rowPrefix, userPartition } from './keys.ts'
import { projectPersonalRoom, projectRoom } from './project-room.ts'
import { factsOf, profileFact } from './facts-of-event.ts'
import { joinersOf, recordEvent, recordFact, type RoomEvent } from './record-event.ts'
import type { Store } from './table.ts'

/** Rooms at a time, and events of one room at a time. */
const concurrency = 8

/** What became of an event: undefined once it is applied, else why it is not. */
export type Outcome = Error | undefined

/**
 * Applies events in whatever order they come and however often: a room's facts are recorded first,
 * then its rows are projected once, whatever the number of its events.
 * @returns an outcome for each event; one that failed goes on where it stopped when it is applied again
 */
export const applyEvents = async (
  store: Store,
  events: ChatEvent[],
  signal: AbortSignal,
): Promise<Outcome[]> => {
  const outcomes = new Map<ChatEvent, Outcome>()
  const rooms = Map.groupBy(events.filter(isOfRoom), ({ room_id }) => room_id)
  await pMap(
    rooms,
    async ([roomId, ofRoom]) => {
      const failed = await applyToRoom(store, roomId, ofRoom, signal)
      for (const [event, error] of failed) outcomes.set(event, error)
    },
    { concurrency },
  )
  await pMap(
    events.filter((event) => !isOfRoom(event)),
    async (event) => {
      outcomes.set(event, await outcomeOf(() => applyProfile(store, event, signal)))
    },
    { concurrency },
  )
  return events.map((event) => outcomes.get(event))
}

const isOfRoom = (event: ChatEvent): event is RoomEvent => event.type !== 'profile.updated'

/** @returns the events that failed: all that were recorded, if the projection did */
const applyToRoom = async (
  store: Store,
  roomId: number,
  events: RoomEvent[],
  signal: AbortSignal,
): Promise<Map<RoomEvent, Error>> => {
  const failed = new Map<RoomEvent, Error>()
  await pMap(
    events,
    async (event) => {
      const error = await outcomeOf(() => recordEvent(store, event, signal))
      if (error) failed.set(event, error)
    },
    { concurrency },
  )
  const recorded = events.filter((event) => !failed.has(event))
  const error = await outcomeOf(() => projectAffected(store, roomId, recorded, signal))
  if (error) for (const event of recorded) failed.set(event, error)
  return failed
}

const projectAffected = async (
  store: Store,
  roomId: number,
  events: RoomEvent[],
  signal: AbortSignal,
): Promise<void> => {
  const showing = events.filter(({ type }) => type !== 'comment.received')
  if (showing.length > 0) {
    const everyone = showing.some(({ type }) => !ownRowOnly.has(type))
    const participants = new Set(showing.flatMap(namedIn))
    await projectRoom(store, roomId, { everyone, participants }, signal)
  } else if (events.length > 0) await projectPersonalRoom(store, roomId, signal)
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
): Promise<void> => {
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
  for await (const { Items = [] } of pages)
    await pMap(
      Items,
      async ({ sk }) => {
        const roomId = roomIdOfRow(sk as string)
        const participant = participantKey(roomId, email)
        await recordFact(store, profileFact(participant, event, event.occurred_at), signal)
        await projectPersonalRoom(store, roomId, signal)
      },
      { concurrency },
    )
}

const outcomeOf = async (work: () => Promise<void>): Promise<Outcome> => {
  try {
    await work()
    return undefined
  } catch (error) {
    return error as Error
  }
}
