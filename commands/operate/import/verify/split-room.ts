import type { RoomPart } from '../../../../lib/store/maintenance/verify/compare-room.ts'
import type { RoomLine } from './sort-entries.ts'

export type RoomEntry = Extract<RoomLine, { event: unknown }>

/** A thread works on several parts of this many events at once, and has to hear DynamoDB's responses in between. */
const maxEvents = 1000

/**
 * Splits what the files say of a room with very many comments into parts that need little memory each. The comments do not
 * depend on each other. The row of a listing document depends on all of them.
 */
export const splitRoom = (entries: RoomEntry[]): { part: RoomPart; entries: RoomEntry[] }[] => {
  const comments = entries.flatMap((entry) => {
    const { event } = entry
    const isAboutComment =
      event.type === 'comment.posted' ||
      event.type === 'comment.edited' ||
      event.type === 'comment.deleted'
    return isAboutComment ? { id: event.comment_id, entry } : []
  })
  if (comments.length <= maxEvents || entries.some(({ row }) => row))
    return [{ part: 'whole', entries }]
  comments.sort((a, b) => a.id - b.id)
  const isPosted = ({ entry }: (typeof comments)[number]) => entry.event.type === 'comment.posted'
  const firstPosted = comments.find(isPosted)?.id ?? Infinity
  const lastPosted = comments.findLast(isPosted)?.id ?? -Infinity
  const ofComments = new Set(comments.map(({ entry }) => entry))
  const parts: ReturnType<typeof splitRoom> = [
    { part: 'people', entries: entries.filter((entry) => !ofComments.has(entry)) },
  ]
  let from = comments[0]!.id
  for (let start = 0; start < comments.length;) {
    let end = Math.min(start + maxEvents, comments.length)
    // All events of a comment belong to one part.
    while (comments[end]?.id === comments[end - 1]!.id) end += 1
    const to = comments[end - 1]!.id
    const range = { first: Math.max(from, firstPosted), last: Math.min(to, lastPosted) }
    parts.push({
      part: { from, to, range },
      entries: comments.slice(start, end).map(({ entry }) => entry),
    })
    start = end
    from = to + 1
  }
  return parts
}
