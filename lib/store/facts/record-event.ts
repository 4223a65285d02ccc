import pMap from 'p-map'
import type { Email } from '../../domain/email.ts'
import { type RoomEvent, listJoiners } from '../../domain/events.ts'
import type { RoomType } from '../../domain/room-type.ts'
import { ConditionFailed } from '../errors.ts'
import type { Item } from '../item.ts'
import { parseParticipantEmail, participantKey, profileKey, rowKey, formatKey } from '../keys.ts'
import { readItems } from '../read-items.ts'
import type { Store } from '../store.ts'
import { update } from '../update.ts'
import { applyFact } from './apply-fact.ts'
import { isKnown, refuseOtherType } from './compare-fact.ts'
import type { Fact, Facts } from './fact.ts'
import { listFacts, makeProfileFact } from './facts-of-event.ts'
import { parseProfile } from './items.ts'
import { findStrongest, judgeKnown, judgeUpdate, type News } from './news.ts'
import { recordTogether } from './record-together.ts'
import { makeUpdate } from './update-of-fact.ts'

const concurrency = 16

/** After the first attempt, another one fails only if another event has changed the item in between. */
const maxAttempts = 50

/** The result of recording facts of one item. */
interface Recorded {
  /** Whether anything was not known before. */
  isNew: boolean
  news: News
  /** The item before and after. Another event may have changed it since. */
  before: Item
  after: Item
}

/** What was read before. It saves calls, and need not be right. */
export interface Hints {
  /** If it is known: in a group, a name, an avatar or a received comment changes no row. */
  roomType?: RoomType | undefined
  /** The names of the items of the room and of participants of which nothing is stored. */
  newItems?: ReadonlySet<string>
}

/**
 * Records the facts of an event: the first step of docs/protocol.md. A fact that is known, or older than what is known,
 * changes nothing.
 * @throws EventRefused if the room has the other type
 */
export const recordEvent = async (
  store: Store,
  event: RoomEvent,
  { roomType = 'room_type' in event ? event.room_type : undefined, newItems }: Hints = {},
): Promise<News> => {
  const recorded = new Map<string, Recorded>()
  const record = async (facts: Facts): Promise<News> => {
    const isNewItem = newItems?.has(formatKey(facts[0].key)) ?? false
    const result = await recordFacts(store, facts, roomType, isNewItem)
    // If an event names somebody twice, either result will do: it only decides whether the row is read or written.
    recorded.set(formatKey(facts[0].key), result)
    return result.news
  }
  // The room comes first: nothing else is recorded of an event that has the wrong type.
  const [first, ...others] = groupByItem(listFacts(event))
  const news = first === undefined ? [] : [await record(first)]
  news.push(...(await pMap(others, record, { concurrency })))
  const joiners = listJoiners(event).map((email) => {
    const key = participantKey(event.room_id, email)
    return { email, ...recorded.get(formatKey(key))! }
  })
  news.push(await completeJoins(store, event.room_id, joiners, roomType))
  return findStrongest(news)
}

/** An event that names somebody twice has two facts of each group about them. They are recorded one after the other. */
const groupByItem = (facts: Fact[]): Facts[] => {
  const counts = new Map<string, number>()
  const groups = Map.groupBy(facts, (fact) => {
    const name = `${formatKey(fact.key)} ${fact.group}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return `${count} ${formatKey(fact.key)}`
  }) as Map<string, Facts>
  return [...groups.values()]
}

/**
 * Records facts of one item with one update, or together with other writes. If the item has some of them already, the update fails, and another
 * update records the others.
 * @param roomType if it is known: in a group, a name, an avatar or a received comment changes no row
 * @param isNewItem whether nothing of the item is stored, as far as the caller knows
 * @throws EventRefused if the room has the other type
 */
export const recordFacts = async (
  store: Store,
  facts: Facts,
  roomType?: RoomType,
  isNewItem = false,
): Promise<Recorded> => {
  const { key } = facts[0]
  const known: News[] = []
  let missing: Fact[] = facts
  let stored: Item | undefined
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const together = attempt === 0 ? await recordTogether(store, facts, isNewItem) : undefined
    const result = together ?? (await update(store, makeUpdate(missing as Facts, stored)))
    if (!(result instanceof ConditionFailed)) {
      const after = missing.reduce(applyFact, result)
      const news = findStrongest([...known, judgeUpdate(key, result, after, roomType)])
      return { isNew: true, news, before: result, after }
    }
    const found = result.found.get(0) ?? {}
    for (const fact of missing) refuseOtherType(fact, found)
    known.push(
      ...missing.filter((fact) => isKnown(fact, found)).map((fact) => judgeKnown(fact, found)),
    )
    missing = missing.filter((fact) => !isKnown(fact, found))
    stored = found
    if (missing.length === 0)
      return { isNew: false, news: findStrongest(known), before: found, after: found }
  }
  throw new Error(
    `the condition of an update failed ${maxAttempts} times, although the item did not have its facts`,
  )
}

/** Somebody whom an event brings into a room, and what was recorded of this participant. */
interface Joiner extends Recorded {
  email: Email
}

/**
 * Completes joins after the participants are recorded. The order keeps profiles right: first make sure that
 * the joiners have rows, so that an update of a profile finds the room; only then copy the profiles that are
 * already known.
 */
const completeJoins = async (
  store: Store,
  roomId: number,
  joiners: Joiner[],
  roomType: RoomType | undefined,
): Promise<News> => {
  if (joiners.length === 0) return 'times'
  await writeMissingStubs(store, roomId, joiners)
  const participants = new Map(joiners.map(({ email, after }) => [email, after]))
  const profiles = await readKnownProfiles(store, roomId, [...participants.keys()])
  const missing = profiles.filter(
    (fact) => !isKnown(fact, participants.get(parseParticipantEmail(fact.key))),
  )
  const recorded = await pMap(missing, (fact) => recordFacts(store, [fact], roomType), {
    concurrency,
  })
  return findStrongest(recorded.map(({ news }) => news))
}

/**
 * Writes the stubs of those who joined for the first time. The others have a row, unless an attempt stopped before
 * it wrote the stub: a read costs less than a write that changes nothing.
 */
const writeMissingStubs = async (
  store: Store,
  roomId: number,
  joiners: Joiner[],
): Promise<void> => {
  const keyOf = ({ email }: Joiner) => rowKey(email, roomId)
  const isFirst = ({ before }: Joiner) => before['joined_at'] === undefined
  const returning = joiners.filter((joiner) => !isFirst(joiner))
  const rows = await readItems(store, returning.map(keyOf))
  const missing = [
    ...joiners.filter(isFirst),
    ...returning.filter((_, index) => rows[index] === undefined),
  ]
  await pMap(missing, ({ email }) => writeStub(store, roomId, email), { concurrency })
}

/** An update without changes creates the item if it does not exist. */
export const writeStub = async (store: Store, roomId: number, email: Email): Promise<void> => {
  const key = rowKey(email, roomId)
  const outcome = await store.together?.insert(key, {})
  if (outcome?.isDone !== true) await update(store, { Key: key })
}

/** Reads the profiles of a room's participants, as the facts that copy them into the room. */
export const readKnownProfiles = async (
  store: Store,
  roomId: number,
  emails: Email[],
): Promise<Fact[]> => {
  const keys = emails.map(profileKey)
  const profiles = await readItems(store, keys)
  return emails.flatMap((email, index) => {
    const known = parseProfile(profiles[index])
    return known ? [makeProfileFact(participantKey(roomId, email), known, known.profile_as_of)] : []
  })
}
