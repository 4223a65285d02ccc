import { type Email, normalizeEmail } from '../../../domain/email.ts'
import type { RoomEvent } from '../../../domain/events.ts'
import type { Items } from '../../facts/fold-facts.ts'
import type { Times } from './differences.ts'

/** The ids from one comment to another. */
export interface CommentRange {
  first: number
  last: number
}

/** What the files say of a room. */
export interface RoomOfFiles extends Times {
  roomId: number
  /** The items of a table that has only the events of the files. */
  items: Items
  /** False for a part of the comments. */
  isWhole: boolean
  /** The comments that are reported if the files lack them: an export may have only the newest comments. */
  range: CommentRange
  /** Whether the files name everybody in the room. */
  namesEveryone: boolean
  /** Those of whom the files say only that they are in the room: a listing does not describe its viewer in a group. */
  undescribed: Set<Email>
}

/** Finds how far the files describe the people in a room. */
export const findNamedPeople = (
  events: RoomEvent[],
): Pick<RoomOfFiles, 'namesEveryone' | 'undescribed'> => {
  const isListedGroup = (event: RoomEvent) =>
    event.type === 'room.imported' && event.room_type === 'group'
  return {
    namesEveryone: events.some((event) => 'room_type' in event && !isListedGroup(event)),
    undescribed: new Set(
      events
        .filter((event) => event.type === 'room.imported')
        .filter(isListedGroup)
        .map(({ viewer }) => normalizeEmail(viewer)),
    ),
  }
}
