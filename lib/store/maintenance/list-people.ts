import type { Email } from '../../domain/email.ts'
import { readAllParticipants } from '../facts/read-room.ts'
import type { Store } from '../store.ts'

/**
 * @returns everybody who has a row of the room, because they joined or left. The other participants have only read
 * in it.
 */
export const listPeople = async (store: Store, roomId: number): Promise<Email[]> => {
  const participants = await readAllParticipants(store, roomId)
  return participants
    .filter(({ joined_at, left_at }) => (joined_at ?? left_at) !== undefined)
    .map(({ key }) => key)
}
