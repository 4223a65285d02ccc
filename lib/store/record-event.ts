import { GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { type Email, normalizeEmail } from '../domain/email.ts'
import { EventRefused } from '../domain/errors.ts'
import {
  type ChatEvent,
  type NamedParticipant,
  type ParticipantJoined,
  participantLimit,
  type Profile,
  type RoomCreated,
  type RoomUpdated,
} from '../domain/events.ts'
import { isPresent, type RoomType } from '../domain/facts.ts'
import { preview } from '../domain/preview.ts'
import type { Timestamp } from '../domain/time.ts'
import { ConditionFailed, type Item } from './errors.ts'
import { newestWins } from './expressions.ts'
import { commentKey, type Key, participantKey, profileKey, roomKey, rowKey } from './keys.ts'
import { readAllParticipants, readRoom } from './read-facts.ts'
import { retryContention } from './retry.ts'
import type { Store } from './table.ts'

/** A room's event: all but a profile's. */
export type RoomEvent = Extract<ChatEvent, { room_id: number }>

type Update = Omit<UpdateCommandInput, 'TableName'>

const concurrency = 16

/**
 * Records what an event of a room says as facts: one conditional update for each independently
 * timed group of attributes. A fact that is known, or older than what is known, changes nothing.
 * @throws EventRefused where the room has the other type, or is full
 */
export const recordEvent = async (
  store: Store,
  event: RoomEvent,
  signal: AbortSignal,
): Promise<void> => {
  const { room_id, occurred_at } = event
  const record = (key: Key, group: Record<string, string | number>, forget?: string[]) =>
    recordFact(store, newestWins(key, group, forget), signal)

  switch (event.type) {
    case 'room.created':
      await recordCreation(store, event, signal)
      return
    case 'room.updated':
      await recordRoomAttributes(store, room_id, roomAttributes(event), occurred_at, signal)
      return
    case 'participant.joined':
      await refuseIfFull(store, event, signal)
      await recordJoin(store, room_id, event.participant, occurred_at, 0, signal)
      return
    case 'participant.left':
      // Told by the chat backend, so that it need not be told.
      await record(participantKey(room_id, normalizeEmail(event.email)), { left_at: occurred_at }, [
        'left_through',
      ])
      return
    case 'comment.posted':
      await record(commentKey(room_id, event.comment_id), {
        posted_at: occurred_at,
        author: normalizeEmail(event.email),
        message: preview(event.message),
      })
      return
    case 'comment.edited':
      await record(commentKey(room_id, event.comment_id), {
        edited_at: occurred_at,
        edited_message: preview(event.message),
      })
      return
    case 'comment.deleted':
      await record(commentKey(room_id, event.comment_id), { deleted_at: occurred_at })
      return
    case 'comment.read':
    case 'comment.received':
      await record(participantKey(room_id, normalizeEmail(event.email)), {
        [positions[event.type]]: event.comment_id,
      })
  }
}

const positions = {
  'comment.read': 'last_comment_read_id',
  'comment.received': 'last_comment_received_id',
} as const

/** Records a profile as a participant's, in a room, or as the user's own, for rooms joined later. */
export const recordProfile = async (
  store: Store,
  key: Key,
  { username, avatar_url }: Profile,
  asOf: Timestamp,
  signal: AbortSignal,
): Promise<void> => {
  await recordFact(store, newestWins(key, { profile_as_of: asOf, username, avatar_url }), signal)
}

const roomAttributes = (event: RoomCreated | RoomUpdated) => ({
  name: event.room_name,
  avatar_url: event.room_avatar_url,
})

const recordCreation = async (store: Store, event: RoomCreated, signal: AbortSignal) => {
  const { room_id, room_type, occurred_at } = event
  await recordRoomType(store, room_id, room_type, signal)
  const attributes = { ...roomAttributes(event), created_at: occurred_at }
  await recordRoomAttributes(store, room_id, attributes, occurred_at, signal)
  await pMap(
    event.participants.entries(),
    ([position, participant]) =>
      recordJoin(store, room_id, participant, occurred_at, position, signal),
    { concurrency },
  )
}

const recordRoomAttributes = async (
  store: Store,
  roomId: number,
  attributes: Record<string, string | undefined>,
  asOf: Timestamp,
  signal: AbortSignal,
) => {
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined)
      await recordFact(
        store,
        newestWins(roomKey(roomId), { [`${name}_as_of`]: asOf, [name]: value }),
        signal,
      )
}

/** The first type stays. */
const recordRoomType = async (
  store: Store,
  roomId: number,
  type: RoomType,
  signal: AbortSignal,
) => {
  const known = await recordFact(
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

/**
 * The order keeps profiles right: the participant, then a stub of the user's own row, by which a
 * profile's update finds the room, and only then the profile that is known already.
 */
const recordJoin = async (
  store: Store,
  roomId: number,
  participant: NamedParticipant,
  joinedAt: Timestamp,
  position: number,
  signal: AbortSignal,
) => {
  const { id, email: address } = participant
  const email = normalizeEmail(address)
  const key = participantKey(roomId, email)
  // Whoever comes back leaves anew: the mark of an earlier leave through the API goes.
  const joining = newestWins(key, { joined_at: joinedAt, position, id, email: address }, [
    'left_through',
  ])
  await recordFact(store, joining, signal)
  await recordProfile(store, key, participant, joinedAt, signal)
  // An update of nothing: it makes the item where there is none.
  await recordFact(store, { Key: rowKey(email, roomId) }, signal)
  const known = await readProfile(store, email, signal)
  if (known) await recordProfile(store, key, known, known.profile_as_of, signal)
}

/** Under concurrency the limit is soft: two who join at the same moment may both find a place. */
const refuseIfFull = async (store: Store, event: ParticipantJoined, signal: AbortSignal) => {
  const { room_id, participant, occurred_at } = event
  const { type } = await readRoom(store, room_id, signal)
  if (type === undefined) return
  const email = normalizeEmail(participant.email)
  const participants = await readAllParticipants(store, room_id, signal)
  const known = participants.find(({ key }) => key === email)?.joined_at ?? ''
  if (known >= occurred_at) return
  const others = participants.filter((other) => other.key !== email && isPresent(other)).length
  if (others >= participantLimit[type])
    throw new EventRefused(
      `room ${room_id} is full: ${others} are in it, and a ${type} room takes ${participantLimit[type]}`,
    )
}

const readProfile = async (store: Store, email: Email, signal: AbortSignal) => {
  const { Item } = await store.client.send(
    new GetCommand({ TableName: store.tableName, Key: profileKey(email), ConsistentRead: true }),
    { abortSignal: signal },
  )
  return Item as (Profile & { profile_as_of: Timestamp }) | undefined
}

/** @returns the item that is there, if it knows the fact or a newer one, and the update asks for it */
const recordFact = (store: Store, update: Update, signal: AbortSignal): Promise<Item | undefined> =>
  retryContention(store, signal, async () => {
    try {
      await store.client.send(new UpdateCommand({ TableName: store.tableName, ...update }), {
        abortSignal: signal,
      })
      return undefined
    } catch (error) {
      if (error instanceof ConditionFailed) return error.met.get(0)
      throw error
    }
  })
