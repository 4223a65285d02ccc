import { isDeepStrictEqual } from 'node:util'
import { findStayStart, isPresent, type Participant } from '../../domain/room-state.ts'
import type { RoomType } from '../../domain/room-type.ts'
import type { Item } from '../item.ts'
import { isParticipant, isProfile, isRoom, type Key, parseRoomId } from '../keys.ts'
import type { Fact } from './fact.ts'
import { parseComment, parseParticipant, parseProfile, parseRoom } from './items.ts'

/**
 * How much recording facts has changed, from the least to the most. It decides how the rows are compared or
 * written: see `projectNews` in project-news.ts.
 * - `times`: only the times of values that were stored before are newer
 * - `repeated`: something was stored before, maybe by an attempt that stopped before it wrote the rows; or
 *   something changed that rows seldom show, such as the order of the members of a personal room
 * - `values`: something changed that rows show
 */
const levels = ['times', 'repeated', 'values'] as const
export type News = (typeof levels)[number]

/** Finds the level that asks for the most. */
export const findStrongest = (news: News[]): News =>
  levels.findLast((level) => news.includes(level)) ?? 'times'

/**
 * Judges what an update has changed in an item.
 * @param roomType if the event says it: the rows of a group show less of a participant
 */
export const judgeUpdate = (
  key: Key,
  before: Item,
  after: Item,
  roomType: RoomType | undefined,
): News => {
  const [shownBefore, shownAfter] = [before, after].map((item) =>
    describe({ ...item, ...key }, roomType),
  )
  if (!isDeepStrictEqual(shownBefore!.shown, shownAfter!.shown)) return 'values'
  return isDeepStrictEqual(shownBefore!.seldom, shownAfter!.seldom) ? 'times' : 'repeated'
}

/**
 * Judges a fact that was stored before, or that a stored one wins over. The event that recorded a room's type or
 * an earlier creation changed a value, so that event writes the rows.
 */
export const judgeKnown = (fact: Fact, stored: Item): News => {
  const isLaterCreation =
    fact.group === 'creation' && stored['created_at'] !== fact.values.created_at
  return fact.group === 'type' || isLaterCreation ? 'times' : 'repeated'
}

/** What rows show of an item, and what they show seldom. Times are left out if they only decide what is newer. */
const describe = (
  item: Item & Key,
  roomType: RoomType | undefined,
): { shown: unknown; seldom?: unknown } => {
  if (isParticipant(item)) return describeParticipant(parseParticipant(item), roomType)
  if (isRoom(item))
    return { shown: leaveOut(['revision', 'projected'], parseRoom(parseRoomId(item), item)) }
  if (isProfile(item)) return { shown: { ...parseProfile(item), profile_as_of: '' } }
  const comment = parseComment(item)
  const isDeleted = comment.deleted_at !== undefined
  return { shown: { ...comment, edited_at: '', deleted_at: '', isDeleted } }
}

type Names = readonly (keyof Participant)[]

/** What only the rows of a personal room show. */
const personal: Names = ['email', 'id', 'username', 'avatar_url', 'last_comment_received_id']
/** What rows show seldom. */
const seldom: Names = [
  'last_comment_read_as_of',
  'newest_read_id',
  'newest_read_as_of',
  'archived_as_of',
  'marked_unread_as_of',
]
const seldomAndPersonal: Names = [
  'last_comment_received_as_of',
  'newest_received_id',
  'newest_received_as_of',
  'joined_at',
  'position',
]
/** What rows show in another form. */
const described: Names = ['joinings', 'left_at']

/** An attribute that none of these lists names counts as shown, except a time: its name ends in `_as_of`. */
const describeParticipant = (
  participant: Participant,
  roomType: RoomType | undefined,
): ReturnType<typeof describe> => {
  const isHere = isPresent(participant)
  const { baseline_as_of = '', left_at = '' } = participant
  const shown = {
    ...leaveOut([...personal, ...seldom, ...seldomAndPersonal, ...described], participant),
    stay: isHere && findStayStart(participant),
    left_at: isHere ? '' : left_at,
    isBaselineCounted: baseline_as_of > left_at,
  }
  const pick = (names: Names) => names.map((name) => participant[name])
  return roomType === 'group'
    ? { shown, seldom: pick(seldom) }
    : {
        shown: { ...shown, personal: pick(personal) },
        seldom: pick([...seldom, ...seldomAndPersonal]),
      }
}

/** Leaves out attributes, and all times of values. */
const leaveOut = (names: readonly string[], known: object): object =>
  Object.fromEntries(
    Object.entries(known).filter(([name]) => !names.includes(name) && !name.endsWith('_as_of')),
  )
