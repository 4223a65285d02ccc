import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { type Email, normalizeEmail } from '../domain/email.ts'
import { EventRefused } from '../domain/errors.ts'
import { type ChatEvent, type ProfileUpdated } from '../domain/events.ts'
import type { RoomType } from '../domain/facts.ts'
import { ConditionFailed, type Item } from './errors.ts'
import { updateOf } from './expressions.ts'
import { type Fact, factsOf, profileFact } from './facts-of-event.ts'
import { participantKey, roomKey, rowKey } from './keys.ts'
import { readProfile } from './read-facts.ts'
import { retryContention } from './retry.ts'
import type { Store } from './table.ts'

/** A room's event: all but a profile's. */
export type RoomEvent = Exclude<ChatEvent, ProfileUpdated>

const concurrency = 16

/**
 * Records what an event of a room says. A fact that is known, or older than what is known, changes
 * nothing.
 * @returns whether anything of it was news
 * @throws EventRefused where the room has the other type
 */
export const recordEvent = async (
  store: Store,
  event: RoomEvent,
  signal: AbortSignal,
): Promise<boolean> => {
  const { room_id } = event
  const isNewRoom =
    'room_type' in event && (await recordRoomType(store, room_id, event.room_type, signal))
  const record = (fact: Fact) => recordFact(store, fact, signal)
  const news = await pMap(factsOf(event), record, { concurrency })
  const join = (email: Email) => completeJoining(store, room_id, email, signal)
  const profileNews = await pMap(joinersOf(event), join, { concurrency })
  return isNewRoom || news.includes(true) || profileNews.includes(true)
}

/** @returns whether it was news */
export const recordFact = async (
  store: Store,
  fact: Fact,
  signal: AbortSignal,
): Promise<boolean> => {
  const { isWritten } = await update(store, updateOf(fact), signal)
  return isWritten
}

/** Those whom an event brings into its room. */
export const joinersOf = (event: RoomEvent): Email[] => {
  if (event.type === 'participant.joined') return [normalizeEmail(event.participant.email)]
  return 'participants' in event ? event.participants.map(({ email }) => normalizeEmail(email)) : []
}

/**
 * The second half of a joining, once the participant is written, in the order that keeps profiles
 * right: a stub of the user's own row, by which a profile's update finds the room, and only then
 * the profile that is known already.
 * @returns whether the profile was news
 */
const completeJoining = async (
  store: Store,
  roomId: number,
  email: Email,
  signal: AbortSignal,
): Promise<boolean> => {
  // An update of nothing: it makes the item where there is none.
  await update(store, { Key: rowKey(email, roomId) }, signal)
  const known = await readProfile(store, email, signal)
  if (known === undefined) return false
  const participant = participantKey(roomId, email)
  return recordFact(store, profileFact(participant, known, known.profile_as_of), signal)
}

/**
 * The first type stays.
 * @returns whether it was this one
 */
const recordRoomType = async (
  store: Store,
  roomId: number,
  type: RoomType,
  signal: AbortSignal,
): Promise<boolean> => {
  const { isWritten, found } = await update(
    store,
    {
      Key: roomKey(roomId),
      UpdateExpression: 'SET #type = :type',
      ConditionExpression: 'attribute_not_exists(#type)',
      ExpressionAttributeNames: { '#type': 'type' },
      ExpressionAttributeValues: { ':type': type },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
    signal,
  )
  const knownType = (found?.['type'] as RoomType | undefined) ?? type
  if (knownType !== type)
    throw new EventRefused(
      `room ${roomId} is known as a ${knownType} room: the type of a room never changes`,
    )
  return isWritten
}

interface Updated {
  isWritten: boolean
  /** The item that is there, where the condition failed and the update asked for the item. */
  found?: Item | undefined
}

const update = (
  store: Store,
  input: Omit<UpdateCommandInput, 'TableName'>,
  signal: AbortSignal,
): Promise<Updated> =>
  retryContention(store, signal, async () => {
    try {
      await store.client.send(new UpdateCommand({ TableName: store.tableName, ...input }), {
        abortSignal: signal,
      })
      return { isWritten: true }
    } catch (error) {
      if (error instanceof ConditionFailed) return { isWritten: false, found: error.met.get(0) }
      throw error
    }
  })
