import type { RoomState } from '../../../domain/room-state.ts'
import type { Items } from '../../facts/fold-facts.ts'
import { parseComment, parseParticipant, parseRoom } from '../../facts/items.ts'
import { isComment, isParticipant, roomKey, formatKey } from '../../keys.ts'

/**
 * Parses the items of a room that are in memory.
 * @throws Unreadable if an attribute has another type than the facts
 */
export const parseState = (items: Items, roomId: number): RoomState => {
  const all = [...items.values()]
  return {
    room: parseRoom(roomId, items.get(formatKey(roomKey(roomId)))),
    participants: all.filter(isParticipant).map(parseParticipant),
    comments: all
      .filter(isComment)
      .map(parseComment)
      .sort((a, b) => b.comment_id - a.comment_id),
  }
}
