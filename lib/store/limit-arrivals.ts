import type { Email } from '../domain/email.ts'
import { EventRefused } from '../domain/errors.ts'
import { type RoomEvent, listJoiners } from '../domain/events.ts'
import { isPresent, type Participant, participantLimit, type Room } from '../domain/room-state.ts'
import type { RoomType } from '../domain/room-type.ts'
import { readAllParticipants, readRoom } from './facts/read-room.ts'
import { formatKey, participantKey, roomKey } from './keys.ts'
import type { Store } from './store.ts'

/** Who may come into a room. */
export interface Admission {
  /** Of the room, if it is created or one of the events creates it. */
  type: RoomType | undefined
  /** The events that would bring more people into the room than it takes, and why. */
  refused: Map<RoomEvent, EventRefused>
  /** The people whom the other events bring in, and whose rows are not listed yet. */
  newcomers: Set<Email>
}

/** An admission, and what was read for it. */
interface LimitedArrivals extends Admission {
  /** The names of the items of the room and of those who join of which nothing is stored. */
  newItems: Set<string>
}

/** The admission without events. */
export const nobodyAdmitted: LimitedArrivals = {
  type: undefined,
  refused: new Map(),
  newcomers: new Set(),
  newItems: new Set(),
}

/**
 * Reads a room and decides which events may bring people into it: see {@link admitArrivals}.
 *
 * The limit is soft: two people who join at the same moment can both be admitted, and people who joined
 * before the creation arrived are not refused. A personal room still shows only two, see `findMembers` in project-row.ts.
 */
export const limitArrivals = async (
  store: Store,
  roomId: number,
  arrivals: RoomEvent[],
): Promise<LimitedArrivals> => {
  if (arrivals.length === 0) return nobodyAdmitted
  const room = await readRoom(store, roomId)
  const { type, creation } = findCreation(room, arrivals)
  const isFirst = creation !== undefined && room.revision === 0 && arrivals.length === 1
  const needsParticipants = !isFirst && type !== undefined
  const participants = needsParticipants ? await readAllParticipants(store, roomId) : []
  const known = new Set(participants.map(({ key }) => key))
  const strangers = arrivals.flatMap(listJoiners).filter((email) => !known.has(email))
  // Before its creation, the participants of a room are not read.
  const newItems = new Set([
    ...(isFirst ? [formatKey(roomKey(roomId))] : []),
    ...(type === undefined
      ? []
      : strangers.map((email) => formatKey(participantKey(roomId, email)))),
  ])
  return { ...admitArrivals(room, participants, arrivals), newItems }
}

/**
 * Decides which events may bring people into a room, since the number of its participants is limited. Events are
 * admitted in the order of their times. The first creation of a room is always admitted; a repeated one is refused
 * if it would bring in too many. A refused event is not lost: it is delivered again, and admitted once somebody
 * has left.
 */
export const admitArrivals = (
  room: Room,
  participants: Participant[],
  arrivals: RoomEvent[],
): Admission => {
  const refused: Admission['refused'] = new Map()
  const { type, creation, inOrder } = findCreation(room, arrivals)
  if (type === undefined) return { type, refused, newcomers: new Set() }
  const known = new Map(participants.map((participant) => [participant.key, participant]))
  const present = new Set(participants.filter(isPresent).map(({ key }) => key))
  /** Lists the people whom an event brings in, without those who have joined or left since. */
  const listNew = (event: RoomEvent): Email[] =>
    listJoiners(event).filter((email) => {
      const { joined_at = '', left_at = '' } = known.get(email) ?? {}
      return joined_at < event.occurred_at && left_at < event.occurred_at && !present.has(email)
    })
  // Before its creation, a room is in nobody's list.
  const listed = new Set(room.type === undefined ? [] : present)
  for (const email of creation ? listNew(creation) : []) present.add(email)

  for (const event of inOrder) {
    if (event === creation) continue
    const joining = listNew(event)
    if (joining.length === 0) continue
    if (present.size + joining.length <= participantLimit[type])
      for (const email of joining) present.add(email)
    else
      refused.set(
        event,
        new EventRefused(
          `room ${room.room_id} is full: ${present.size} are in it, ${joining.length} more would join, and a ${type} room takes ${participantLimit[type]}`,
        ),
      )
  }
  return { type, refused, newcomers: new Set([...present].filter((email) => !listed.has(email))) }
}

/** @returns the type of the room with these events, and the event that creates the room if it is not created */
const findCreation = (room: Room, arrivals: RoomEvent[]) => {
  const inOrder = arrivals.toSorted((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1))
  const creation = room.type ? undefined : inOrder.find((event) => 'room_type' in event)
  return { type: room.type ?? creation?.room_type, creation, inOrder }
}
