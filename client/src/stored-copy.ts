import type { Room } from './results.ts'

/** The rooms as of a token. */
export interface Copy {
  rooms: ReadonlyMap<number, Room>
  syncToken: string
}

export interface StoredCopy extends Copy {
  /** Rooms of the copy that the user has left since. */
  left: number[]
}

/**
 * The version of this package. A copy that another version stored is not used: its rooms may lack fields that this
 * version knows, and `since` tells about changed rooms only.
 */
const version = '1.0.0'

export const writeCopy = ({ rooms, syncToken, left }: StoredCopy): string =>
  JSON.stringify({ version, syncToken, left, rooms: [...rooms.values()] })

/** @returns undefined if the text is not a copy that this version wrote */
export const readCopy = (text: string | null | undefined): StoredCopy | undefined => {
  try {
    const value = JSON.parse(text ?? '') as StoredValue
    const { syncToken, left, rooms } = value
    const isWhole = typeof syncToken === 'string' && Array.isArray(left) && rooms.every(isRoom)
    if (value.version !== version || !isWhole) return undefined
    return { syncToken, left, rooms: new Map(rooms.map((room) => [room.room_id, room])) }
  } catch {
    return undefined
  }
}

interface StoredValue {
  version: unknown
  syncToken: unknown
  left: number[]
  rooms: Room[]
}

/** Whether it has what the copy sorts and counts by. */
const isRoom = (room: Partial<Room>): boolean =>
  typeof room.room_id === 'number' &&
  typeof room.last_comment_id === 'number' &&
  typeof room.last_comment_timestamp === 'string' &&
  typeof room.unread_count === 'number'
