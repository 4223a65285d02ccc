import { GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { type Email, normalizeEmail } from '../domain/email.ts'
import { EventRefused } from '../domain/errors.ts'
import { type ChatEvent, type Profile, type ProfileUpdated } from '../domain/events.ts'
import type { RoomType } from '../domain/facts.ts'
import type { Timestamp } from '../domain/time.ts'
import { ConditionFailed, type Item } from './errors.ts'
import { newestWins } from './expressions.ts'
import { type Fact, factsOf, profileFact } from './facts-of-event.ts'
import { participantKey, profileKey, roomKey, rowKey } from './keys.ts'
import { retryContention } from './retry.ts'
import type { Store } from './table.ts'

/** A room's event: all but a profile's. */
export type RoomEvent = Exclude<ChatEvent, ProfileUpdated>

const concurrency = 16

/**
 * Records what an event of a room says. A fact that is known, or older than what is known, changes
 * nothing.
 * @throws EventRefused where the room has the other type
 */
export const recordEvent = async (
  store: Store,
  event: RoomEvent,
  signal: AbortSignal,
): Promise<void> => {
  const { room_id } = event
  if ('room_type' in event) await recordRoomType(store, room_id, event.room_type, signal)
  await pMap(factsOf(event), (fact) => recordFact(store, fact, signal), { concurrency })
  await pMap(joinersOf(event), (email) => greet(store, room_id, email, signal), { concurrency })
}

export const recordFact = async (store: Store, fact: Fact, signal: AbortSignal): Promise<void> => {
  await update(store, newestWins(fact.key, fact.group, fact.forget), signal)
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
 */
const greet = async (store: Store, roomId: number, email: Email, signal: AbortSignal) => {
  // An update of nothing: it makes the item where there is none.
  await update(store, { Key: rowKey(email, roomId) }, signal)
  const known = await readProfile(store, email, signal)
  if (known === undefined) return
  const participant = participantKey(roomId, email)
  await recordFact(store, profileFact(participant, known, known.profile_as_of), signal)
}

/** The first type stays. */
const recordRoomType = async (
  store: Store,
  roomId: number,
  type: RoomType,
  signal: AbortSignal,
) => {
  const known = await update(
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
  const knownType = (known?.['type'] as RoomType | undefined) ?? type
  if (knownType !== type)
    throw new EventRefused(
      `room ${roomId} is known as a ${knownType} room: the type of a room never changes`,
    )
}

const readProfile = async (store: Store, email: Email, signal: AbortSignal) => {
  const { Item } = await store.client.send(
    new GetCommand({ TableName: store.tableName, Key: profileKey(email), ConsistentRead: true }),
    { abortSignal: signal },
  )
  return Item as (Profile & { profile_as_of: Timestamp }) | undefined
}

/** @returns the item that is there, where the condition fails and the update asks for the item */
const update = (
  store: Store,
  input: Omit<UpdateCommandInput, 'TableName'>,
  signal: AbortSignal,
): Promise<Item | undefined> =>
  retryContention(store, signal, async () => {
    try {
      await store.client.send(new UpdateCommand({ TableName: store.tableName, ...input }), {
        abortSignal: signal,
      })
      return undefined
    } catch (error) {
      if (error instanceof ConditionFailed) return error.met.get(0)
      throw error
    }
  })
