import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { type Email, normalizeEmail } from '../../domain/email.ts'
import { EventRefused } from '../../domain/errors.ts'
import { type ChatEvent, type ProfileUpdated } from '../../domain/events.ts'
import type { RoomType } from '../../domain/room-state.ts'
import { isNotCreated } from '../conditions.ts'
import { ConditionFailed } from '../errors.ts'
import { participantKey, roomKey, rowKey } from '../keys.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../table.ts'
import { type Fact, listFacts, makeProfileFact } from './facts-of-event.ts'
import { parseRoom } from './items.ts'
import { readProfile } from './read-room.ts'
import { type Update, makeUpdate } from './update-of-fact.ts'

/** An event of a room: every event except an updated profile. */
export type RoomEvent = Exclude<ChatEvent, ProfileUpdated>

const concurrency = 16

/**
 * Records the facts of an event: the first step of docs/decisions/0008-facts-and-rows.md. A fact that is
 * known, or older than what is known, changes nothing.
 * @returns whether anything was not known before
 * @throws EventRefused if the room has the other type
 */
export const recordEvent = async (store: Store, event: RoomEvent): Promise<boolean> => {
  const { room_id } = event
  const isNewRoom = 'room_type' in event && (await recordRoomType(store, room_id, event.room_type))
  const record = (fact: Fact) => recordFact(store, fact)
  const newFacts = await pMap(listFacts(event), record, { concurrency })
  const complete = (email: Email) => completeJoining(store, room_id, email)
  const newProfiles = await pMap(listJoiners(event), complete, { concurrency })
  return isNewRoom || newFacts.includes(true) || newProfiles.includes(true)
}

/** @returns whether it was not known before */
export const recordFact = async (store: Store, fact: Fact): Promise<boolean> =>
  (await update(store, makeUpdate(fact))) === 'updated'

/** Lists the people whom an event brings into its room. */
export const listJoiners = (event: RoomEvent): Email[] => {
  if (event.type === 'participant.joined') return [normalizeEmail(event.participant.email)]
  return 'participants' in event ? event.participants.map(({ email }) => normalizeEmail(email)) : []
}

/**
 * Completes a joining after the participant is recorded. The order keeps profiles right: first create a
 * stub of the joiner's row, so that an update of the profile finds the room; only then copy the profile
 * that is already known.
 * @returns whether the profile was not known in the room before
 */
const completeJoining = async (store: Store, roomId: number, email: Email): Promise<boolean> => {
  // An update without changes creates the item if it does not exist.
  await update(store, { Key: rowKey(email, roomId) })
  const known = await readProfile(store, email)
  if (known === undefined) return false
  const participant = participantKey(roomId, email)
  return recordFact(store, makeProfileFact(participant, known, known.profile_as_of))
}

/**
 * Records a room's type. The first one is kept.
 * @returns whether it was recorded now
 */
export const recordRoomType = async (
  store: Store,
  roomId: number,
  type: RoomType,
): Promise<boolean> => {
  const result = await update(store, {
    Key: roomKey(roomId),
    UpdateExpression: 'SET #type = :type',
    ConditionExpression: isNotCreated,
    ExpressionAttributeNames: { '#type': 'type' },
    ExpressionAttributeValues: { ':type': type },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })
  if (result === 'updated') return true
  const known = parseRoom(roomId, result.found.get(0)).type
  if (known !== type) throw refuseType(roomId, known)
  return false
}

/** @param known the type that is stored */
export const refuseType = (roomId: number, known: RoomType | undefined): EventRefused =>
  new EventRefused(`room ${roomId} is known as a ${known} room: the type of a room never changes`)

/**
 * Sends one update, and retries contention.
 * @returns the error if the condition failed
 */
export const update = (store: Store, input: Update): Promise<'updated' | ConditionFailed> =>
  retryContention(store, async () => {
    try {
      await store.client.send(new UpdateCommand({ TableName: store.tableName, ...input }), {
        abortSignal: store.signal,
      })
      return 'updated'
    } catch (error) {
      if (error instanceof ConditionFailed) return error
      throw error
    }
  })
