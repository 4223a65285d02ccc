import { type Email, normalizeEmail } from '../../../../lib/domain/email.ts'
import type { ChatEvent, ProfileUpdated, RoomEvent } from '../../../../lib/domain/events.ts'
import { makePreview } from '../../../../lib/domain/preview.ts'
import { type RoomType, roomTypes } from '../../../../lib/domain/room-type.ts'
import type { RoomExpectation } from '../../../../lib/store/maintenance/verify/compare-room.ts'
import type { AcceptedEntry } from '../tasks.ts'
import { Buckets } from './buckets.ts'

/** What the files say of a room, or what is known of somebody in it. */
export type RoomLine =
  | {
      roomId: number
      event: RoomEvent
      row: RoomExpectation['rows'][number] | undefined
      place: string
      number: number
    }
  | { roomId: number; profile: RoomExpectation['profiles'][number] }

/** What the files say of a user: a profile, or a room with the user and the listings that the files have. */
export type UserLine =
  | { email: Email; profile: ProfileUpdated }
  | { email: Email; roomId: number; listings: readonly RoomType[] }

/** The entries of all files, by room and by user. */
export interface SortedEntries {
  rooms: Buckets<RoomLine>
  users: Buckets<UserLine>
  roomIds: Set<number>
  count: number
}

export const makeSortedEntries = (directory: string): SortedEntries => ({
  rooms: new Buckets(directory, 'rooms'),
  users: new Buckets(directory, 'users'),
  roomIds: new Set(),
  count: 0,
})

/** Adds an entry to those of its room or user, and to those of the people whom it brings into a room. */
export const sortEntry = (sorted: SortedEntries, entry: AcceptedEntry): void => {
  const { rooms, users, roomIds } = sorted
  const { event, row, place, number } = entry
  sorted.count += 1
  if (event.type === 'profile.updated') {
    const email = normalizeEmail(event.email)
    users.add(email, { email, profile: event })
    return
  }
  const roomId = event.room_id
  const seen =
    row && event.type === 'room.imported' ? { place, viewer: event.viewer, row } : undefined
  roomIds.add(roomId)
  rooms.add(roomId, { roomId, event: shorten(event), row: seen, place, number })
  for (const identity of listPeople(event)) {
    const email = normalizeEmail(identity)
    users.add(email, { email, roomId, listings: findListings(event, email) })
  }
}

/** The table holds no more of a text than its preview. */
const shorten = (event: RoomEvent): RoomEvent =>
  'message' in event ? { ...event, message: makePreview(event.message) } : event

const listPeople = (event: ChatEvent): string[] => {
  if (event.type === 'participant.joined') return [event.participant.email]
  return 'participants' in event ? event.participants.map(({ email }) => email) : []
}

/** A document has a listing of its viewer, and none of the other people whom it shows. */
const findListings = (event: RoomEvent, email: Email): readonly RoomType[] => {
  if (event.type !== 'room.imported') return roomTypes
  return email === normalizeEmail(event.viewer) ? [event.room_type] : []
}
