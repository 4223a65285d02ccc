import pMap from 'p-map'
import type { Email } from '../../domain/email.ts'
import { copyFacts } from './copy-facts.ts'
import { type Fact, makeProfileFact } from '../facts/facts-of-event.ts'
import { parseProfile } from '../facts/items.ts'
import { update } from '../facts/record-event.ts'
import { type Key, participantKey, profileKey, rowKey } from '../keys.ts'
import { formatKey, readItems } from '../read-items.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../table.ts'

const concurrency = 16

/**
 * Completes the joinings of people whose row, or whose room, was lost. As in a joining, the stub comes first: by
 * it, an update of the profile finds the room. Only then the profile that is already known is copied.
 * @returns how many profiles were not known in the room before
 */
export const completeJoinings = async (
  store: Store,
  roomId: number,
  people: Email[],
): Promise<number> => {
  const read = (keys: Key[]) => retryContention(store, () => readItems(store, keys))
  const rows = await read(people.map((email) => rowKey(email, roomId)))
  const newcomers = people.filter((email) => !rows.has(formatKey(rowKey(email, roomId))))
  await pMap(newcomers, (email) => update(store, { Key: rowKey(email, roomId) }), { concurrency })
  const profiles = await read(people.map(profileKey))
  const facts = people.flatMap((email): Fact[] => {
    const known = parseProfile(profiles.get(formatKey(profileKey(email))))
    return known ? [makeProfileFact(participantKey(roomId, email), known, known.profile_as_of)] : []
  })
  return copyFacts(store, facts)
}
