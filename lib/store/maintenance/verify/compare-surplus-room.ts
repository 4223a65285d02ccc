import type { Email } from '../../../domain/email.ts'
import { Unreadable } from '../../../domain/errors.ts'
import type { ChatEvent } from '../../../domain/events.ts'
import { isPresent } from '../../../domain/room-state.ts'
import type { Timestamp } from '../../../domain/time.ts'
import { readAllParticipants, readRoom } from '../../facts/read-room.ts'
import type { Store } from '../../store.ts'
import { correctAfter } from './differences.ts'
import { wasPresent } from './find-participant-differences.ts'
import type { JudgedDifference } from './judge.ts'

/** A room that people of the files have in their listings, and that the files do not name. */
export interface SurplusRoom {
  roomId: number
  /** Those who have it in their listings. */
  people: Email[]
  until: Timestamp
}

/**
 * Reports a room that only the table has. Everybody has to leave it: no event deletes a room.
 * @returns no difference for a room that is newer than the time, or in which its people are newer
 */
export const compareSurplusRoom = async (
  store: Store,
  { roomId, people, until }: SurplusRoom,
): Promise<{ differences: JudgedDifference[]; repairs: ChatEvent[] }> => {
  try {
    const { created_at = '' } = await readRoom(store, roomId)
    const participants = await readAllParticipants(store, roomId)
    const isListed = participants.some(
      (participant) => people.includes(participant.key) && wasPresent(participant, until) === true,
    )
    if (created_at > until || !isListed) return { differences: [], repairs: [] }
    const leaves = participants.filter(isPresent).map(({ key, email = key, joined_at }) =>
      correctAfter(store.now(), [joined_at], (occurred_at) => ({
        type: 'participant.left',
        occurred_at,
        room_id: roomId,
        email,
      })),
    )
    const repairs = leaves.filter((leave) => leave !== undefined)
    const remedy = repairs.length === leaves.length ? 'repair' : 'none'
    const text = `room ${roomId}: is in the table and not in the files`
    return { differences: [{ what: 'room', text, remedy }], repairs }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return { differences: [{ what: 'room', text: error.message, remedy: 'none' }], repairs: [] }
  }
}
