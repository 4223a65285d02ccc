import pMap from 'p-map'
import type { Email } from '../../domain/email.ts'
import { copyFacts } from './copy-facts.ts'
import { readKnownProfiles, writeStub } from '../facts/record-event.ts'
import { rowKey } from '../keys.ts'
import { readItems } from '../read-items.ts'
import type { Store } from '../store.ts'

const concurrency = 16

/**
 * Completes the joins of people whose row, or whose room, was lost. As in a join, the stub is written first, so
 * that an update of the profile finds the room. Only then is the stored profile copied.
 * @returns how many profiles were not known in the room before
 */
export const completeLostJoins = async (
  store: Store,
  roomId: number,
  people: Email[],
): Promise<number> => {
  const keys = people.map((email) => rowKey(email, roomId))
  const rows = await readItems(store, keys)
  const newcomers = people.filter((_, index) => rows[index] === undefined)
  await pMap(newcomers, (email) => writeStub(store, roomId, email), { concurrency })
  return copyFacts(store, await readKnownProfiles(store, roomId, people))
}
