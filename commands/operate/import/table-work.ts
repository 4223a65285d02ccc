import { store } from '../../../lib/deps.ts'
import { EventRefused } from '../../../lib/domain/errors.ts'
import type { ChatEvent } from '../../../lib/domain/events.ts'
import type { RoomType } from '../../../lib/domain/room-type.ts'
import { applyEvents } from '../../../lib/store/apply-events.ts'
import { findUncreatedRooms } from '../../../lib/store/maintenance/find-uncreated-rooms.ts'
import {
  type ComparedRoom,
  compareRoom as compareWithFiles,
  type RoomExpectation,
} from '../../../lib/store/maintenance/verify/compare-room.ts'
import {
  compareSurplusRoom as reportSurplusRoom,
  type SurplusRoom,
} from '../../../lib/store/maintenance/verify/compare-surplus-room.ts'
import {
  type ComparedUser,
  compareProfile,
  listRoomsOfUser,
  type UserExpectation,
} from '../../../lib/store/maintenance/verify/compare-user.ts'
import { gatherCalls } from '../../../lib/store/send-together.ts'
import { listMessages } from '../../explain-failure.ts'

/** The work on the table. Separate threads do it: see ../table/workers.ts. */

/** Why an event is not in the table: because it is refused, or because the table cannot be written. */
export interface Failure {
  isRefused: boolean
  reason: string
}

/** Sends the writes of all rooms that this thread works on together. */
const gathering = gatherCalls(store)

/** Applies events, all of one room or all of none. */
export const apply = async (
  events: ChatEvent[],
): Promise<{ failures: (Failure | undefined)[]; rowsWritten: number }> => {
  const { outcomes, rowsWritten } = await applyEvents(gathering, events)
  return { failures: outcomes.map((error) => error && describe(error)), rowsWritten }
}

/** Compares a user's profile with that of the files, and lists the rooms in some of the user's listings. */
export const compareUser = async ({
  listings,
  ...expectation
}: UserExpectation & { listings: RoomType[] }): Promise<ComparedUser & { rooms: number[] }> => ({
  ...(await compareProfile(store, expectation)),
  rooms: listings.length > 0 ? await listRoomsOfUser(store, expectation.email, listings) : [],
})

/** Compares a room with what the files say of it. */
export const compareRoom = async (
  expectation: RoomExpectation,
): Promise<
  Omit<ComparedRoom, 'refused'> & {
    /** For each event: why an import of the files refuses it. Undefined if it does not. */
    refusals: (string | undefined)[]
  }
> => {
  const { refused, ...compared } = await compareWithFiles(store, expectation)
  return {
    ...compared,
    refusals: expectation.events.map((event) => refused.get(event)?.message),
  }
}

/** Reports a room that the files do not name. */
export const compareSurplusRoom = (room: SurplusRoom): ReturnType<typeof reportSurplusRoom> =>
  reportSurplusRoom(store, room)

/** @returns those of the rooms whose creation is not in the table, in ascending order */
export const findUncreated = (roomIds: number[]): Promise<number[]> =>
  findUncreatedRooms(store, roomIds)

const describe = (error: Error): Failure =>
  error instanceof EventRefused
    ? { isRefused: true, reason: error.message }
    : { isRefused: false, reason: listMessages(error).join(': ') }
