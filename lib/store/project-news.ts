import { isDeepStrictEqual } from 'node:util'
import type { Email } from '../domain/email.ts'
import { projectRow } from '../domain/project-row.ts'
import { isPresent, type Participant } from '../domain/room-state.ts'
import type { News } from './facts/news.ts'
import { readRoom } from './facts/read-room.ts'
import type { Item } from './item.ts'
import { rowKey } from './keys.ts'
import { type Deferral, projectOrDefer } from './project-large-room.ts'
import { type Affected, projectRoom, readAffected } from './project-room.ts'
import { readItems } from './read-items.ts'
import { parseRowStatus, toStored, withoutStamp } from './rows/stored-row.ts'
import type { Store } from './store.ts'

interface Options {
  /** People whose row is probably not listed. */
  newcomers?: Set<Email>
  /** Of those whose rows may have changed: whose row some event changes alone. */
  alone?: Set<Email>
  /** How large groups are projected. If it is left out, they are projected at once. */
  deferral?: Deferral | undefined
}

/**
 * Writes what recorded events may have changed in the rows of a room. If no value changed, the rows are compared
 * with the facts first, because an earlier attempt may have stopped before it wrote them. Nothing is written if
 * every row is current.
 *
 * After a fact that was known before, a current row shows what the facts say and has the revision of the room: a
 * projection that is still running has no greater revision, so it cannot replace such a row. If only times have
 * changed, the revision does not matter: a projection that is still running shows the same values.
 * @returns how many rows were written
 */
export const projectNews = async (
  store: Store,
  roomId: number,
  news: News,
  affected: Affected,
  { newcomers, alone, deferral }: Options = {},
): Promise<number> => {
  const project = (): Promise<number> =>
    deferral && affected.everyone
      ? projectOrDefer(store, roomId, { ...affected, alone }, deferral, newcomers)
      : projectRoom(store, roomId, affected, newcomers)
  if (news === 'values') return project()
  const room = await readRoom(store, roomId)
  const isDeferred = deferral && affected.everyone && room.projected !== undefined
  // The rows of a large group may wait for a projection, so they do not show whether it was requested.
  if (isDeferred && news === 'repeated') return project()
  const { view, viewers } = await readAffected(store, room, affected)
  const keys = viewers.map(({ key }) => rowKey(key, roomId))
  const rows = await readItems(store, keys)
  const isCurrent = (viewer: Participant, stored: Item | undefined): boolean => {
    const { activity, revision, left_at = '' } = parseRowStatus(stored)
    const expected = projectRow(view, viewer)
    const expectedRevision = news === 'times' ? (revision ?? 0) : room.revision
    if (expected)
      return isDeepStrictEqual(
        withoutStamp(stored),
        toStored(viewer.key, expected, expectedRevision),
      )
    if (activity !== undefined) return false
    // A hidden row has a revision, and a tombstone the time of the leave.
    return isPresent(viewer) && room.type !== undefined
      ? (revision ?? 0) === expectedRevision
      : left_at >= (viewer.left_at ?? '')
  }
  const outdated = viewers
    .filter((viewer, index) => !isCurrent(viewer, rows[index]))
    .map(({ key }) => key)
  if (outdated.length === 0) return 0
  const isLarge = isDeferred === true || (deferral && viewers.length > deferral.above)
  if (affected.everyone && room.type === 'group' && isLarge) return project()
  return projectRoom(store, roomId, { everyone: false, participants: new Set(outdated) }, newcomers)
}

/** Writes what facts may have changed that only the rows of a personal room show. */
export const projectPersonalRoom = async (
  store: Store,
  roomId: number,
  news: News,
): Promise<number> => {
  const { type } = await readRoom(store, roomId)
  if (type !== 'single') return 0
  return projectNews(store, roomId, news, { everyone: true, participants: new Set() })
}
