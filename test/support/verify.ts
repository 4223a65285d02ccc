import { store } from '../../lib/deps.ts'
import { normalizeEmail } from '../../lib/domain/email.ts'
import { type ChatEvent, isRoomEvent, listJoiners } from '../../lib/domain/events.ts'
import { compareProfile } from '../../lib/store/maintenance/verify/compare-user.ts'
import {
  compareRoom,
  type ProfileOfFiles,
} from '../../lib/store/maintenance/verify/compare-room.ts'
import { endOfTime } from '../../lib/store/maintenance/verify/differences.ts'
import type { JudgedDifference } from '../../lib/store/maintenance/verify/judge.ts'

/** Compares the rooms and profiles of some events with the table, as the command does with those of files. */
export const verifyEvents = async (
  events: ChatEvent[],
  until = endOfTime,
): Promise<{ differences: JudgedDifference[]; repairs: ChatEvent[] }> => {
  const differences: JudgedDifference[] = []
  const repairs: ChatEvent[] = []
  const profiles: ProfileOfFiles[] = []
  const updates = events.filter((event) => event.type === 'profile.updated')
  for (const [email, own] of Map.groupBy(updates, (event) => normalizeEmail(event.email))) {
    const compared = await compareProfile(store, { email, profiles: own, until })
    differences.push(...compared.differences)
    repairs.push(...compared.repairs)
    profiles.push({ email, ofFiles: compared.profile!, repairs: compared.repairs })
  }
  const ofRooms = events.filter(isRoomEvent)
  for (const [roomId, own] of Map.groupBy(ofRooms, ({ room_id }) => room_id)) {
    const joiners = new Set(own.flatMap(listJoiners))
    const compared = await compareRoom(store, {
      roomId,
      part: 'whole',
      events: own,
      rows: [],
      profiles: profiles.filter(({ email }) => joiners.has(email)),
      until,
    })
    differences.push(
      ...compared.differences.map((one) => ({ ...one, what: `room ${roomId}: ${one.what}` })),
    )
    repairs.push(...compared.repairs)
  }
  return { differences, repairs }
}
