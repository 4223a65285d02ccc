import type { Email } from '../../../domain/email.ts'
import { type EventRefused, Unreadable } from '../../../domain/errors.ts'
import type { Profile, RoomEvent } from '../../../domain/events.ts'
import { isPresent } from '../../../domain/room-state.ts'
import type { Timestamp } from '../../../domain/time.ts'
import { isKnown } from '../../facts/compare-fact.ts'
import type { Fact } from '../../facts/fact.ts'
import { listFacts, makeProfileFact } from '../../facts/facts-of-event.ts'
import type { Items } from '../../facts/fold-facts.ts'
import { readKnownProfiles } from '../../facts/record-event.ts'
import {
  commentKey,
  isComment,
  parseCommentId,
  participantKey,
  participantPrefix,
  roomKey,
  roomPartition,
  formatKey,
} from '../../keys.ts'
import { queryPages } from '../../read-pages.ts'
import type { Store } from '../../store.ts'
import {
  findProjectedRowDifferences,
  findStoredRowDifferences,
  type SeenRow,
} from './compare-row.ts'
import type { Difference } from './differences.ts'
import { findRange, parseComments } from './find-comment-differences.ts'
import { findRoomDifferences } from './find-room-differences.ts'
import { type CommentRange, findNamedPeople, type RoomOfFiles } from './room-of-files.ts'
import { judge, type JudgedDifference } from './judge.ts'
import { parseState } from './parse-state.ts'
import { simulateImport } from './simulate-import.ts'

/** A profile of somebody in a room: the newest one in the files, and those that --repair writes for all rooms. */
export interface ProfileOfFiles {
  email: Email
  ofFiles: TimedProfile
  repairs: TimedProfile[]
}

export interface TimedProfile extends Profile {
  occurred_at: Timestamp
}

/**
 * What is compared of a room: everything, everything but the comments, or the comments from one id to another. The
 * comments of a part that the files lack are reported within its `range`.
 */
export type RoomPart = 'whole' | 'people' | { from: number; to: number; range: CommentRange }

/** Everything that the files say of a room, or of a part of it. */
export interface RoomExpectation {
  roomId: number
  part: RoomPart
  events: RoomEvent[]
  rows: SeenRow[]
  profiles: ProfileOfFiles[]
  until: Timestamp
}

export interface ComparedRoom {
  differences: JudgedDifference[]
  /** The events that correct what events can correct, without another import of the files. */
  repairs: RoomEvent[]
  /** The events that an import of these files refuses. */
  refused: Map<RoomEvent, EventRefused>
}

/** Compares a room of the table with what the files say of it. */
export const compareRoom = async (
  store: Store,
  expectation: RoomExpectation,
): Promise<ComparedRoom> => {
  const { roomId, part, events, profiles, until } = expectation
  const ofFiles = listProfileFacts(roomId, profiles, ({ ofFiles }) => [ofFiles])
  const { items, refused } = simulateImport(new Map(), roomId, events, ofFiles)
  const accepted = events.filter((event) => !refused.has(event))
  const room: RoomOfFiles = {
    roomId,
    items,
    isWhole: typeof part === 'string',
    range: typeof part === 'string' ? findRange(parseComments(items).values()) : part.range,
    until,
    now: store.now(),
    ...findNamedPeople(accepted),
  }
  try {
    return { ...(await compareItems(store, { ...expectation, events: accepted }, room)), refused }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    const difference = { what: 'room', text: error.message, remedy: 'none' as const }
    return { differences: [difference], repairs: [], refused }
  }
}

const compareItems = async (
  store: Store,
  { roomId, part, events, rows, profiles }: RoomExpectation,
  room: RoomOfFiles,
): Promise<Omit<ComparedRoom, 'refused'>> => {
  const stored = await readRoomItems(store, room, part, rows.length > 0)
  const findInRoom = (items: Items): Difference[] =>
    findRoomDifferences(items, room).map((difference) => ({
      ...difference,
      text: `room ${roomId}: ${difference.text}`,
    }))
  // A row shows the newest state, so it is not compared with files that are older.
  const compared = hasLaterTime(stored, room.until) ? [] : rows
  const find = (items: Items): Difference[] => [
    ...findInRoom(items),
    ...compared.flatMap((row) => findProjectedRowDifferences(items, row)),
  ]
  const found = findInRoom(stored)
  for (const row of compared) found.push(...(await findStoredRowDifferences(store, row)))
  const repaired = listProfileFacts(roomId, profiles, ({ repairs }) => repairs)
  if (found.length + repaired.length === 0) return { differences: [], repairs: [] }

  const known = await readKnownProfiles(store, roomId, listNewcomers(stored, room))
  const ofFiles = listProfileFacts(roomId, profiles, ({ ofFiles }) => [ofFiles])
  return judge<RoomEvent>({
    found,
    find,
    importedAgain: simulateImport(stored, roomId, events, [...known, ...ofFiles]).items,
    missing: events.filter((event) => isMissing(event, stored)),
    simulate: (repairs) => simulateImport(stored, roomId, repairs, [...known, ...repaired]),
  })
}

const listProfileFacts = (
  roomId: number,
  profiles: ProfileOfFiles[],
  list: (profile: ProfileOfFiles) => TimedProfile[],
): Fact[] =>
  profiles.flatMap((profile) =>
    list(profile).map((one) =>
      makeProfileFact(participantKey(roomId, profile.email), one, one.occurred_at),
    ),
  )

/**
 * Reads a room. Of the comments, it keeps those that are compared: the room may have far more of them than the files.
 * @param needsAll whether the rows of the room will be derived
 */
const readRoomItems = async (
  store: Store,
  { roomId, items, range: { first, last } }: RoomOfFiles,
  part: RoomPart,
  needsAll: boolean,
): Promise<Items> => {
  const isCompared = (id: number) =>
    (id >= first && id <= last) || items.has(formatKey(commentKey(roomId, id)))
  const stored: Items = new Map()
  const pages = queryPages(store, {
    ConsistentRead: true,
    ...selectPart(roomId, part),
  })
  for await (const { Items } of pages)
    for (const item of Items)
      if (needsAll || !isComment(item) || isCompared(parseCommentId(item)))
        stored.set(formatKey(item), item)
  return stored
}

const selectPart = (roomId: number, part: RoomPart) => {
  const { pk } = roomPartition(roomId)
  if (part === 'whole')
    return { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } }
  if (part === 'people')
    return {
      KeyConditionExpression: 'pk = :pk AND sk >= :people',
      ExpressionAttributeValues: { ':pk': pk, ':people': participantPrefix },
    }
  return {
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':pk': pk,
      ':from': commentKey(roomId, part.from).sk,
      ':to': commentKey(roomId, part.to).sk,
    },
  }
}

/** Lists those who come into the room for the first time: the room gets the profiles that the table knows of them. */
const listNewcomers = (stored: Items, { roomId, items }: RoomOfFiles): Email[] =>
  parseState(items, roomId)
    .participants.filter(isPresent)
    .map(({ key }) => key)
    .filter(
      (key) => stored.get(formatKey(participantKey(roomId, key)))?.['joined_at'] === undefined,
    )

/** Whether the table lacks something that an event says. A listing cannot be written as an event. */
const isMissing = (event: RoomEvent, stored: Items): boolean => {
  const isOfType = (type: unknown) =>
    type === undefined || !('room_type' in event) || event.room_type === type
  return (
    event.type !== 'room.imported' &&
    isOfType(stored.get(formatKey(roomKey(event.room_id)))?.['type']) &&
    listFacts(event).some((fact) => !isKnown(fact, stored.get(formatKey(fact.key))))
  )
}

const hasLaterTime = (stored: Items, until: Timestamp): boolean =>
  [...stored.values()].some((item) =>
    Object.entries(item).some(
      ([name, value]) => /_(at|as_of)$/.test(name) && typeof value === 'string' && value > until,
    ),
  )
