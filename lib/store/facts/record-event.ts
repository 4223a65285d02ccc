import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { type Email, normalizeEmail } from '../../domain/email.ts'
import type { ChatEvent, ProfileUpdated } from '../../domain/events.ts'
import { ConditionFailed } from '../errors.ts'
import { participantKey, profileKey, rowKey } from '../keys.ts'
import { formatKey, readItems } from '../read-items.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../table.ts'
import { isKnown, refuseOtherType } from './compare-fact.ts'
import { type Fact, listFacts, makeProfileFact } from './facts-of-event.ts'
import { parseProfile } from './items.ts'
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
  const record = (facts: Facts) => recordFacts(store, facts)
  // The room comes first: nothing else is recorded of an event that has the wrong type.
  const [first, ...others] = groupByItem(listFacts(event))
  const isNewFirst = first !== undefined && (await record(first))
  const newOthers = await pMap(others, record, { concurrency })
  const newProfiles = await completeJoinings(store, event.room_id, listJoiners(event))
  return isNewFirst || newOthers.includes(true) || newProfiles
}

/** Facts of one item, which set different attributes. */
type Facts = [Fact, ...Fact[]]

/** An event that names somebody twice has two facts of each kind about them. These are in different groups. */
const groupByItem = (facts: Fact[]): Facts[] => {
  const counts = new Map<string, number>()
  const groups = Map.groupBy(facts, (fact) => {
    const kind = `${formatKey(fact.key)} ${nameKind(fact)}`
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    return `${count} ${formatKey(fact.key)}`
  }) as Map<string, Facts>
  return [...groups.values()]
}

/** Facts of different kinds set different attributes. */
const nameKind = (fact: Fact): string =>
  fact.rule === 'newest' ? Object.keys(fact.group).join() : fact.rule

/**
 * Records facts of one item with one update. If some of them are known, only the others are recorded, one
 * by one.
 * @returns whether anything was not known before
 * @throws EventRefused if the room has the other type
 */
export const recordFacts = async (store: Store, facts: Facts): Promise<boolean> => {
  const result = await update(store, makeUpdate(facts))
  if (result === 'updated') return true
  const stored = result.found.get(0)
  for (const fact of facts) refuseOtherType(fact, stored)
  // The condition of a single fact failed, so the fact is known.
  if (facts.length === 1) return false
  let isNew = false
  for (const fact of facts)
    if (!isKnown(fact, stored) && (await recordFacts(store, [fact]))) isNew = true
  return isNew
}

/** Lists the people whom an event brings into its room, each once. */
export const listJoiners = (event: RoomEvent): Email[] => {
  if (event.type === 'participant.joined') return [normalizeEmail(event.participant.email)]
  if (!('participants' in event)) return []
  return [...new Set(event.participants.map(({ email }) => normalizeEmail(email)))]
}

/**
 * Completes joinings after the participants are recorded. The order keeps profiles right: first write the
 * stubs of the joiners' rows, so that an update of a profile finds the room; only then copy the profiles
 * that are already known.
 * @returns whether a profile was not known in the room before
 */
const completeJoinings = async (
  store: Store,
  roomId: number,
  joiners: Email[],
): Promise<boolean> => {
  if (joiners.length === 0) return false
  await pMap(joiners, (email) => writeStub(store, roomId, email), { concurrency })
  const profiles = await readKnownProfiles(store, roomId, joiners)
  const recorded = await pMap(profiles, (fact) => recordFacts(store, [fact]), { concurrency })
  return recorded.includes(true)
}

/** An update without changes creates the item if it does not exist. */
export const writeStub = async (store: Store, roomId: number, email: Email): Promise<void> => {
  await update(store, { Key: rowKey(email, roomId) })
}

/** Reads the profiles of a room's participants, as the facts that copy them into the room. Contention is retried. */
export const readKnownProfiles = async (
  store: Store,
  roomId: number,
  emails: Email[],
): Promise<Fact[]> => {
  const keys = emails.map(profileKey)
  const profiles = await retryContention(store, () => readItems(store, keys))
  return emails.flatMap((email) => {
    const known = parseProfile(profiles.get(formatKey(profileKey(email))))
    return known ? [makeProfileFact(participantKey(roomId, email), known, known.profile_as_of)] : []
  })
}

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
