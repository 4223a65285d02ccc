import type { Email } from '../../domain/email.ts'
import { copyFacts, findUnknownFacts } from './copy-facts.ts'
import type { Fact } from '../facts/fact.ts'
import { listFactsOfItem } from '../facts/facts-of-item.ts'
import { profileKey } from '../keys.ts'
import { readItems } from '../read-items.ts'
import type { Store } from '../store.ts'

/**
 * Copies profiles of a restored table into the live one, each only if it is newer.
 * @returns how many were copied
 */
export const restoreProfiles = async (
  restored: Store,
  live: Store,
  users: Email[],
): Promise<number> => copyFacts(live, await readProfileFacts(restored, users))

/** Counts what {@link restoreProfiles} would copy, and writes nothing. */
export const countMissingProfiles = async (
  restored: Store,
  live: Store,
  users: Email[],
): Promise<number> => (await findUnknownFacts(live, await readProfileFacts(restored, users))).length

const readProfileFacts = async (restored: Store, users: Email[]): Promise<Fact[]> => {
  const profiles = await readItems(restored, users.map(profileKey))
  return profiles.flatMap((item) => (item ? listFactsOfItem(item) : []))
}
