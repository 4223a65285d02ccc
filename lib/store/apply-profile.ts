import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { retryContention } from './retry.ts'
import { update } from './update.ts'
import { type Email, normalizeEmail } from '../domain/email.ts'
import type { Profile, ProfileUpdated } from '../domain/events.ts'
import type { Timestamp } from '../domain/time.ts'
import { isOlderProfileOfSameValue, isSameProfile } from './conditions.ts'
import { ConditionFailed } from './errors.ts'
import {
  findListing,
  parseRowRoomId,
  participantKey,
  profileKey,
  rowPrefix,
  userPartition,
} from './keys.ts'
import { projectPersonalRoom } from './project-news.ts'
import { listFacts, makeProfileFact } from './facts/facts-of-event.ts'
import { parseProfile, type StoredProfile } from './facts/items.ts'
import { readProfile } from './facts/read-room.ts'
import { recordFacts } from './facts/record-event.ts'
import { readItems } from './read-items.ts'
import type { Store } from './store.ts'

/** The progress is stored each time this many rooms are done. */
const roomsPerStep = 50
/** Rooms that are only read take little time, so the progress is stored less often. */
const roomsPerReadStep = 1000
const concurrency = 32

/**
 * Copies a profile into all of the user's rooms. The profile is written before the rooms are listed, stubs and
 * tombstones included: a room that is joined meanwhile is in that list, or its join reads the new profile. The
 * last room that is done is stored with the profile (`reached`), so that the next delivery continues there and the
 * number of rooms has no limit.
 *
 * A profile that is sent again with a newer time takes one write. Its name and avatar were copied into all rooms
 * before, so the rooms are only read. A room gets the profile again if its participant has joined with another
 * name since then.
 * @returns how many rows were written
 */
export const applyProfile = async (store: Store, event: ProfileUpdated): Promise<number> => {
  const email = normalizeEmail(event.email)
  const progress = await storeProfile(store, event)
  if (progress === undefined) return 0
  const { copied_as_of } = progress
  let { reached } = progress
  let rowsWritten = 0
  let roomsSinceNote = 0
  for (;;) {
    const { rows, isLast } = await readRows(store, email, reached)
    rowsWritten += await copyProfile(store, event, rows, copied_as_of)
    reached = rows.at(-1)?.sk ?? reached
    roomsSinceNote += rows.length
    const isDue = roomsSinceNote >= (copied_as_of === undefined ? roomsPerStep : roomsPerReadStep)
    if (isLast) {
      if (copied_as_of === undefined)
        await noteProgress(store, event, 'copied_as_of', event.occurred_at)
      return rowsWritten
    }
    if (!isDue || reached === undefined) continue
    if (!(await noteProgress(store, event, 'reached', reached))) return rowsWritten
    roomsSinceNote = 0
  }
}

/**
 * Stores a profile, unless a newer one is stored. If only its time is newer, the rooms into which the stored one
 * was copied need no copy.
 * @returns how far it is copied, or undefined if nothing is left to do: it is copied into all rooms, or a newer
 * one is stored, which its own event copies
 */
const storeProfile = async (
  store: Store,
  event: ProfileUpdated,
): Promise<Pick<StoredProfile, 'reached' | 'copied_as_of'> | undefined> => {
  const known = await readProfile(store, normalizeEmail(event.email))
  if (known && isSame(known, event))
    return known.copied_as_of === event.occurred_at ? undefined : known
  if (known && hasSameValue(known, event)) {
    const result = await update(store, {
      Key: profileKey(normalizeEmail(event.email)),
      UpdateExpression: 'SET profile_as_of = :profile_as_of REMOVE reached',
      ConditionExpression: isOlderProfileOfSameValue,
      ExpressionAttributeValues: makeProfileValues(event),
      ReturnValues: 'ALL_OLD',
    })
    // Not what was read before: another profile may have been stored and replaced in between.
    if (!(result instanceof ConditionFailed))
      return { reached: undefined, copied_as_of: parseProfile(result)?.copied_as_of }
  }
  const [fact] = listFacts(event)
  const { after } = await recordFacts(store, [fact!])
  const stored = parseProfile(after)
  return stored && isSame(stored, event) ? stored : undefined
}

const isSame = (known: StoredProfile, event: ProfileUpdated): boolean =>
  known.profile_as_of === event.occurred_at && hasSameValue(known, event)

const hasSameValue = (a: Profile, b: Profile): boolean =>
  a.username === b.username && a.avatar_url === b.avatar_url

/** A row of the user. It has `activity` if it is listed. */
interface FoundRow {
  sk: string
  activity?: string
}

/**
 * Copies a profile into the rooms of some rows, and writes the rows of personal rooms.
 * @param copiedAsOf the time of a profile with this name and avatar that all rooms have had
 * @returns how many rows were written
 */
const copyProfile = async (
  store: Store,
  event: ProfileUpdated,
  rows: FoundRow[],
  copiedAsOf: Timestamp | undefined,
): Promise<number> => {
  const email = normalizeEmail(event.email)
  const keyOf = (row: FoundRow) => participantKey(parseRowRoomId(row), email)
  const participants =
    copiedAsOf === undefined ? undefined : await readItems(store, rows.map(keyOf))
  const copyInto = async (row: FoundRow, index: number): Promise<number> => {
    const key = keyOf(row)
    const stored = participants?.[index]
    const hasSame =
      stored?.['username'] === event.username && stored['avatar_url'] === event.avatar_url
    const isGroup = row.activity !== undefined && findListing(row.activity) === 'group'
    if (hasSame && (isGroup || stored['profile_as_of'] === copiedAsOf)) return 0
    const fact = makeProfileFact(key, event, event.occurred_at)
    const news = hasSame ? 'repeated' : (await recordFacts(store, [fact])).news
    return isGroup ? 0 : projectPersonalRoom(store, parseRowRoomId(row), news)
  }
  const written = await pMap(rows, copyInto, { concurrency })
  return written.reduce((sum, count) => sum + count, 0)
}

/** Reads the user's next rows, in order, and whether they are the last ones. */
const readRows = async (
  store: Store,
  email: Email,
  reached: string | undefined,
): Promise<{ rows: FoundRow[]; isLast: boolean }> => {
  const { pk } = userPartition(email)
  const query = () =>
    store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :rows)',
        ExpressionAttributeValues: { ':pk': pk, ':rows': rowPrefix },
        ProjectionExpression: 'sk, activity',
        Limit: roomsPerStep,
        ...(reached !== undefined && { ExclusiveStartKey: { pk, sk: reached } }),
      }),
      { abortSignal: store.signal },
    )
  const { Items = [], LastEvaluatedKey } = await retryContention(store, query)
  return { rows: Items as FoundRow[], isLast: LastEvaluatedKey === undefined }
}

/** @returns false if another profile is stored by now */
const noteProgress = async (
  store: Store,
  event: ProfileUpdated,
  name: 'reached' | 'copied_as_of',
  value: string,
): Promise<boolean> => {
  const result = await update(store, {
    Key: profileKey(normalizeEmail(event.email)),
    UpdateExpression: `SET ${name} = :progress`,
    ConditionExpression: isSameProfile,
    ExpressionAttributeValues: { ...makeProfileValues(event), ':progress': value },
  })
  return !(result instanceof ConditionFailed)
}

const makeProfileValues = ({ occurred_at, username, avatar_url }: ProfileUpdated) => ({
  ':profile_as_of': occurred_at,
  ':username': username,
  ':avatar_url': avatar_url,
})
