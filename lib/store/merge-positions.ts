import { normalizeEmail } from '../domain/email.ts'
import type { CommentReadOrReceived, RoomEvent } from '../domain/events.ts'

/** Events of which only some have to be recorded. The others succeed or fail with them. */
interface Merged {
  all: RoomEvent[]
  recorded: RoomEvent[]
}

/**
 * Merges the events of a room that say how far one person has read, or received. Two positions of each person are
 * stored, the one with the greatest id and the newest one (`greatestRead` and `newestRead` in fact-groups.ts), so the
 * other events of a batch would change nothing.
 */
export const mergePositions = (events: RoomEvent[]): Merged[] => {
  const groups = Map.groupBy(events, (event) =>
    isPosition(event) ? `${event.type} ${normalizeEmail(event.email)}` : event,
  )
  return [...groups.values()].map((all) => ({
    all,
    recorded: all.every(isPosition) ? pickTwo(all) : all,
  }))
}

const isPosition = (event: RoomEvent): event is CommentReadOrReceived =>
  event.type === 'comment.read' || event.type === 'comment.received'

const pickTwo = (positions: CommentReadOrReceived[]): CommentReadOrReceived[] => {
  const greatest = positions.toSorted((a, b) => compareIds(a, b) || compareTimes(a, b)).at(-1)!
  const newest = positions.toSorted((a, b) => compareTimes(a, b) || compareIds(a, b)).at(-1)!
  return [...new Set([greatest, newest])]
}

const compareIds = (a: CommentReadOrReceived, b: CommentReadOrReceived): number =>
  a.comment_id - b.comment_id

const compareTimes = (a: CommentReadOrReceived, b: CommentReadOrReceived): number =>
  a.occurred_at < b.occurred_at ? -1 : Number(a.occurred_at > b.occurred_at)
