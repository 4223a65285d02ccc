import type { Email } from '../../domain/email.ts'
import { readAllParticipants } from '../facts/read-room.ts'
import type { Store } from '../store.ts'

/** @returns everybody who has a row of the room: who joined or left. Others may have read in it only. */
export const listPeople = async (store: Store, roomId: number): Promise<Email[]> => {
  const participants = await readAllParticipants(store, roomId)
  return participants
    .filter(({ joined_at, left_at }) => (joined_at ?? left_at) !== undefined)
    .map(({ key }) => key)
}
