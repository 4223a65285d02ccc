import { normalizeEmail } from '../domain/email.ts'
import { EventRefused } from '../domain/errors.ts'
import { type ParticipantJoined, participantLimit } from '../domain/events.ts'
import { isPresent } from '../domain/facts.ts'
import { readAllParticipants, readRoom } from './read-facts.ts'
import type { Store } from './table.ts'

/**
 * Finds those joinings of a room for which there is no place, in the order of their times. Refused
 * is not lost: delivered again, they get in once somebody has left. Under concurrency the limit is
 * soft: two who join at the same moment may both find a place.
 */
export const joiningsBeyondLimit = async (
  store: Store,
  roomId: number,
  joinings: ParticipantJoined[],
  signal: AbortSignal,
): Promise<Map<ParticipantJoined, EventRefused>> => {
  const refused = new Map<ParticipantJoined, EventRefused>()
  if (joinings.length === 0) return refused
  const { type } = await readRoom(store, roomId, signal)
  if (type === undefined) return refused
  const participants = await readAllParticipants(store, roomId, signal)
  const known = new Map(participants.map((participant) => [participant.key, participant]))
  const present = new Set(participants.filter(isPresent).map(({ key }) => key))

  for (const joining of joinings.toSorted((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1))) {
    const email = normalizeEmail(joining.participant.email)
    const { joined_at = '', left_at = '' } = known.get(email) ?? {}
    const isOld = joined_at >= joining.occurred_at || left_at >= joining.occurred_at
    if (isOld || present.has(email)) continue
    if (present.size < participantLimit[type]) present.add(email)
    else
      refused.set(
        joining,
        new EventRefused(
          `room ${roomId} is full: ${present.size} are in it, and a ${type} room takes ${participantLimit[type]}`,
        ),
      )
  }
  return refused
}
