import pMap from 'p-map'
import type { Email } from '../../domain/email.ts'
import { findUnknownFacts } from './copy-facts.ts'
import { makeProfileFact } from '../facts/facts-of-event.ts'
import { readProfile } from '../facts/read-room.ts'
import { recordFacts } from '../facts/record-event.ts'
import { isRow, participantKey, parseRowRoomId } from '../keys.ts'
import { projectPersonalRoom } from '../project-news.ts'
import { readUserRows } from './read-user-rows.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../store.ts'

const concurrency = 16

/**
 * Records a user's stored profile in the rooms that have an older one or none. It lists the rooms after the
 * profile was stored, as `applyProfile` does, and compares first, so it can be repeated.
 */
export const spreadProfile = async (store: Store, user: Email): Promise<void> => {
  const profile = await readProfile(store, user)
  if (profile === undefined) return
  for await (const { Items } of readUserRows(store, user)) {
    const rooms = Items.filter(isRow).map(parseRowRoomId)
    const facts = new Map(
      rooms.map((roomId) => [
        makeProfileFact(participantKey(roomId, user), profile, profile.profile_as_of),
        roomId,
      ]),
    )
    const unknown = new Set<unknown>(await findUnknownFacts(store, [...facts.keys()]))
    await pMap(
      [...facts].filter(([fact]) => unknown.has(fact)),
      async ([fact, roomId]) => {
        const { news } = await recordFacts(store, [fact])
        await retryContention(store, () => projectPersonalRoom(store, roomId, news))
      },
      { concurrency },
    )
  }
}
