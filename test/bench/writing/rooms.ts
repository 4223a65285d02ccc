import { store } from '../../../lib/deps.ts'
import type { RoomState } from '../../../lib/domain/room-state.ts'
import { putItems } from '../../support/put-items.ts'
import { factsOf, roomOf } from '../fixtures.ts'

let lastRoomId = 10_000_000

/** Writes new rooms with the rows of all participants. Each has one comment, by the second participant. */
export const seedRooms = async (count: number, people: number): Promise<RoomState[]> => {
  const emails = Array.from({ length: people }, (_, index) => `member-${index}@example.com`)
  const type = people === 2 ? 'single' : 'group'
  const rooms = Array.from({ length: count }, () => factsOf((lastRoomId += 1), type, emails))
  await putItems(store, rooms.flatMap(roomOf))
  return rooms
}
