import { type ChatEvent, makeFlagEvent } from '../../../domain/events.ts'
import { type Flag, flags } from '../../../domain/flags.ts'
import {
  findStayStart,
  isPresent,
  type Participant,
  type PresentParticipant,
} from '../../../domain/room-state.ts'
import type { RoomType } from '../../../domain/room-type.ts'
import type { Timestamp } from '../../../domain/time.ts'
import type { Items } from '../../facts/fold-facts.ts'
import { parseParticipant, parseRoom } from '../../facts/items.ts'
import { type Item, readText } from '../../item.ts'
import { formatKey, isParticipant, type Key, roomKey } from '../../keys.ts'
import { correctAfter, differ, type Difference } from './differences.ts'
import type { RoomOfFiles } from './room-of-files.ts'

/** What is compared of one person: the participant of the table and the one of the files. */
interface Pair {
  /** The participant of the table as it is stored. */
  item: Item
  table: Participant
  files: Participant
  /** The flags that the files set or take back. */
  knownFlags: Flag[]
  isGroup: boolean
}

interface PresentPair extends Pair {
  table: PresentParticipant
  files: PresentParticipant
}

/** Compares who is in a room and, of those who are in it by the table and by the files, what is known of them. */
export const findParticipantDifferences = (table: Items, files: RoomOfFiles): Difference[] => {
  const isGroup = (findType(table, files) ?? findType(files.items, files)) === 'group'
  const stored = listParticipants(table)
  const expected = listParticipants(files.items)
  const keys = [...new Set([...stored.keys(), ...expected.keys()])].sort()
  return keys.flatMap((sk) => {
    const key = (stored.get(sk) ?? expected.get(sk))!
    const none = { pk: key.pk, sk }
    const item = stored.get(sk) ?? none
    const itemOfFiles = expected.get(sk) ?? none
    const pair = {
      item,
      table: parseParticipant(item),
      files: parseParticipant(itemOfFiles),
      knownFlags: flags.filter((flag) => flag in itemOfFiles),
      isGroup,
    }
    return compareParticipant(pair, files)
  })
}

const findType = (items: Items, { roomId }: RoomOfFiles): RoomType | undefined =>
  parseRoom(roomId, items.get(formatKey(roomKey(roomId)))).type

const listParticipants = (items: Items): Map<string, Item & Key> =>
  new Map([...items.values()].filter(isParticipant).map((item) => [item.sk, item]))

const compareParticipant = (pair: Pair, room: RoomOfFiles): Difference[] => {
  const { table, files } = pair
  const isNamed = room.namesEveryone || (files.joined_at ?? files.left_at) !== undefined
  const wasThere = wasPresent(table, room.until)
  if (!isNamed || wasThere === undefined) return []
  if (!isPresent(files)) return wasThere ? [comparePresence(pair, room)] : []
  // What was read outlasts a leave, so it counts for somebody who comes back.
  const reads = room.undescribed.has(table.key) ? [] : compareReads(pair, room)
  if (!wasThere) return [comparePresence(pair, room), ...reads]
  if (!isPresentInBoth(pair)) return reads
  return [
    ...reads,
    ...compareStay(pair, room),
    ...compareFlags(pair, room),
    ...compareBaseline(pair, room),
    ...(room.undescribed.has(table.key) ? [] : compareDescription(pair, room)),
  ]
}

const isPresentInBoth = (pair: Pair): pair is PresentPair =>
  isPresent(pair.table) && isPresent(pair.files)

/**
 * Whether somebody was in the room at a time.
 * @returns undefined if a later leave hides it
 */
export const wasPresent = (
  { joined_at, joinings: joins = [], left_at = '' }: Participant,
  until: Timestamp,
): boolean | undefined => {
  if (left_at > until) return undefined
  const all = joined_at === undefined ? joins : [...joins, joined_at]
  return all.some((join) => join > left_at && join <= until)
}

const comparePresence = ({ table, files }: Pair, room: RoomOfFiles): Difference => {
  const { roomId: room_id, now } = room
  const email = table.email ?? files.email ?? table.key
  const what = `${table.key}: presence`
  if (!isPresent(files)) {
    const text = `${table.key} is in the room by the table and not by the files`
    const makeLeave = (occurred_at: Timestamp): ChatEvent => ({
      type: 'participant.left',
      occurred_at,
      room_id,
      email,
    })
    return { what, text, correction: correctAfter(now, [table.joined_at], makeLeave) }
  }
  const text = `${table.key} is in the room by the files and not by the table`
  const { left_at = '' } = table
  const correction =
    files.joined_at > left_at
      ? makeJoin(room_id, files, files.joined_at)
      : correctAfter(now, [left_at], (time) => makeJoin(room_id, files, time))
  return { what, text, correction }
}

/** Makes the event that lets somebody join, with everything that it says of the person. */
const makeJoin = (room_id: number, files: Participant, occurred_at: Timestamp): ChatEvent => {
  const { key, id = 0, email = key, username = '', avatar_url = '' } = files
  return {
    type: 'participant.joined',
    occurred_at,
    room_id,
    participant: { id, email, username, avatar_url },
  }
}

/** Comments before the stay are hidden. A leave that only the table has explains a later stay. */
const compareStay = ({ table, files }: PresentPair, { roomId }: RoomOfFiles): Difference[] => {
  const [stored, expected] = [findStayStart(table), findStayStart(files)]
  if (stored <= expected || (table.left_at ?? '') >= expected) return []
  const correction = makeJoin(roomId, files, expected)
  return [differ(`${table.key}: the start of the stay`, stored, expected, correction)]
}

/** The newest join sets what describes the person, so one with the values of the files corrects them. */
const compareDescription = (
  { item, table, files }: PresentPair,
  { roomId, now, until }: RoomOfFiles,
): Difference[] => {
  const profileAsOf = readText(item, 'profile_as_of')
  const isErased = table.username === undefined
  const asOf = {
    id: table.joined_at,
    email: table.joined_at,
    username: profileAsOf,
    avatar_url: profileAsOf,
  }
  const correction = correctAfter(now, [table.joined_at, profileAsOf], (time) =>
    makeJoin(roomId, files, time),
  )
  return (['id', 'email', 'username', 'avatar_url'] as const).flatMap((name) => {
    const [stored, expected] = [table[name], files[name]]
    const isLater = (asOf[name] ?? '') > until
    if (stored === expected || expected === undefined || isErased || isLater) return []
    return differ(`${table.key}: ${name}`, stored, expected, correction)
  })
}

/**
 * No event makes comments unread again. Files without reads, such as a snapshot of rooms, do not tell what was read.
 * What was received in a group is not recorded.
 */
const compareReads = ({ table, files, isGroup }: Pair, { until }: RoomOfFiles): Difference[] =>
  (isGroup ? (['read'] as const) : (['read', 'received'] as const)).flatMap((kind) => {
    const name = `last_comment_${kind}_id` as const
    const [stored = 0, expected] = [table[name], files[name]]
    const isLater = (table[`last_comment_${kind}_as_of`] ?? '') > until
    return expected === undefined || stored === expected || isLater
      ? []
      : differ(`${table.key}: ${name}`, stored, expected)
  })

const compareFlags = (
  { item, table, files, knownFlags }: PresentPair,
  { roomId: room_id, now, until }: RoomOfFiles,
): Difference[] =>
  knownFlags.flatMap((flag) => {
    const [stored, expected] = [table[flag] === 1, files[flag] === 1]
    const asOf = readText(item, `${flag}_as_of`)
    if (stored === expected || (asOf ?? '') > until) return []
    const email = table.email ?? table.key
    const correction = correctAfter(now, [asOf], (occurred_at) =>
      makeFlagEvent(flag, { occurred_at, room_id, email }, expected),
    )
    return [differ(`${table.key}: ${flag}`, stored, expected, correction)]
  })

/** The imported unread count of a listing document. Event files have none. */
const compareBaseline = ({ table, files }: PresentPair, { until }: RoomOfFiles): Difference[] => {
  const describe = ({ baseline_unread_count, baseline_comment_id }: Participant) =>
    `${baseline_unread_count ?? 0} up to comment ${baseline_comment_id ?? 0}`
  const isOfFiles = files.baseline_as_of !== undefined
  const isLater = (table.baseline_as_of ?? '') > until
  if (!isOfFiles || isLater || describe(table) === describe(files)) return []
  return [differ(`${table.key}: imported unread count`, describe(table), describe(files))]
}
