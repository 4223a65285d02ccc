import type { Email } from '../../domain/email.ts'
import { completeLostJoins } from './complete-lost-joins.ts'
import { copyFacts, findUnknownFacts } from './copy-facts.ts'
import { listFactsOfItem } from '../facts/facts-of-item.ts'
import { readRoom } from '../facts/read-room.ts'
import type { WrongRow } from './find-wrong-rows.ts'
import { roomPartition } from '../keys.ts'
import { liftRevision } from './lift-revision.ts'
import { listPeople } from './list-people.ts'
import { projectRoom } from '../project-room.ts'
import { rebuildRoom } from './rebuild-room.ts'
import { restoreProfiles } from './restore-profiles.ts'
import type { Repaired } from './repair.ts'
import { queryPages } from '../read-pages.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../store.ts'

export interface RestoredRoom {
  facts: number
  profiles: number
  rows: Repaired<WrongRow>
}

/**
 * Copies the facts of a room from a restored table into the live one, each only if it is newer than what the
 * live table has, with the profiles of its participants, and then writes the rows. It does for each
 * participant what a join does, so that a profile that is updated meanwhile is not missed.
 * @throws EventRefused if the live table knows the room with the other type
 */
export const restoreRoom = async (
  restored: Store,
  live: Store,
  roomId: number,
): Promise<RestoredRoom> => {
  let facts = 0
  for await (const { Items } of readFacts(restored, roomId))
    facts += await copyFacts(live, Items.flatMap(listFactsOfItem))
  const people = await listPeople(restored, roomId)
  const profiles = await restoreProfiles(restored, live, people)
  const copied = await completeLostJoins(live, roomId, people)
  if (facts + copied > 0) {
    const { revision } = await readRoom(restored, roomId)
    await liftRevision(live, roomId, revision)
    const everyone = { everyone: true, participants: new Set<Email>() }
    await retryContention(live, () => projectRoom(live, roomId, everyone))
  }
  return { facts, profiles, rows: await rebuildRoom(live, roomId) }
}

/**
 * Counts the facts that {@link restoreRoom} would copy, and writes nothing.
 * @throws EventRefused if the live table knows the room with the other type
 */
export const countMissingFacts = async (
  restored: Store,
  live: Store,
  roomId: number,
): Promise<number> => {
  let facts = 0
  for await (const { Items } of readFacts(restored, roomId))
    facts += (await findUnknownFacts(live, Items.flatMap(listFactsOfItem))).length
  return facts
}

/**
 * Reads all items of a room, the room itself first: a room that has the other type in the live table is
 * refused before anything is copied. Not consistently: nothing is written to a restored table.
 */
const readFacts = (restored: Store, roomId: number): ReturnType<typeof queryPages> =>
  queryPages(restored, {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': roomPartition(roomId).pk },
    ScanIndexForward: false,
  })
