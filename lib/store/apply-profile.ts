import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { type Email, normalizeEmail } from '../domain/email.ts'
import type { ProfileUpdated } from '../domain/events.ts'
import { isSameProfile } from './conditions.ts'
import { participantKey, profileKey, parseRowRoomId, rowPrefix, userPartition } from './keys.ts'
import { projectPersonalRoom } from './project-room.ts'
import { listFacts, makeProfileFact } from './facts/facts-of-event.ts'
import type { StoredProfile } from './facts/items.ts'
import { readProfile } from './facts/read-room.ts'
import { recordFacts, update } from './facts/record-event.ts'
import type { Store } from './table.ts'

/** The progress is stored each time this many rooms are done. */
const roomsPerStep = 50
const concurrency = 32

/**
 * Copies a profile into all of the user's rooms. The profile is written before the rooms are listed, stubs
 * and tombstones included: a room that is joined meanwhile is in that list, or its joining reads the new
 * profile. The last room that is done is stored with the profile (`reached`), so that the next delivery
 * continues there and the number of rooms has no limit.
 * @returns how many rows were written
 */
export const applyProfile = async (store: Store, event: ProfileUpdated): Promise<number> => {
  const email = normalizeEmail(event.email)
  for (const fact of listFacts(event)) await recordFacts(store, [fact])
  let rowsWritten = 0
  for (;;) {
    const known = await readProfile(store, email)
    // A newer profile is stored. Its own event copies it into the rooms.
    if (known === undefined || !isSame(known, event)) return rowsWritten
    const rooms = await readRooms(store, email, known.reached)
    const last = rooms.at(-1)
    if (last === undefined) return rowsWritten
    const written = await pMap(
      rooms,
      async (sk) => {
        const roomId = parseRowRoomId({ sk })
        const participant = participantKey(roomId, email)
        await recordFacts(store, [makeProfileFact(participant, event, event.occurred_at)])
        return projectPersonalRoom(store, roomId)
      },
      { concurrency },
    )
    rowsWritten += written.reduce((sum, rows) => sum + rows, 0)
    await noteReached(store, event, last)
  }
}

const isSame = (known: StoredProfile, event: ProfileUpdated): boolean =>
  known.profile_as_of === event.occurred_at &&
  known.username === event.username &&
  known.avatar_url === event.avatar_url

/** Reads the sort keys of the user's next rows, in order. */
const readRooms = async (
  store: Store,
  email: Email,
  reached: string | undefined,
): Promise<string[]> => {
  const { pk } = userPartition(email)
  const { Items = [] } = await store.client.send(
    new QueryCommand({
      TableName: store.tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :rows)',
      ExpressionAttributeValues: { ':pk': pk, ':rows': rowPrefix },
      ProjectionExpression: 'sk',
      Limit: roomsPerStep,
      ...(reached !== undefined && { ExclusiveStartKey: { pk, sk: reached } }),
    }),
    { abortSignal: store.signal },
  )
  return Items.map(({ sk }) => sk as string)
}

const noteReached = async (
  store: Store,
  { email, occurred_at, username, avatar_url }: ProfileUpdated,
  reached: string,
): Promise<void> => {
  await update(store, {
    Key: profileKey(normalizeEmail(email)),
    UpdateExpression: 'SET reached = :reached',
    ConditionExpression: isSameProfile,
    ExpressionAttributeValues: {
      ':reached': reached,
      ':profile_as_of': occurred_at,
      ':username': username,
      ':avatar_url': avatar_url,
    },
  })
}
