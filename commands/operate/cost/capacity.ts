/**
 * What one call consumes. Tests measure these values and fail if one of them is exceeded. They are for
 * rows with a message of 40 bytes and avatar URLs of 85 bytes, and for rooms with 100 comments. A room
 * with few comments costs one read unit less.
 */
export interface Capacity {
  readUnits: number
  writeUnits: number
}

export const pageOfPersonalRooms: Capacity = { readUnits: 3, writeUnits: 0 }
export const pageOfGroups: Capacity = { readUnits: 2, writeUnits: 0 }
/** 20 rooms of both types. */
export const pageOfAllRooms: Capacity = { readUnits: 5, writeUnits: 0 }
/** What has changed in the list of somebody with 50 personal rooms and 50 groups. */
export const changesOf100Rooms: Capacity = { readUnits: 10, writeUnits: 0 }
/** How many unread rooms and comments they have. */
export const badgeOf100Rooms: Capacity = { readUnits: 10, writeUnits: 0 }
export const leaveOfPersonalRoom: Capacity = { readUnits: 6, writeUnits: 16 }
export const leaveOfGroup: Capacity = { readUnits: 3, writeUnits: 10 }
export const commentInPersonalRoom: Capacity = { readUnits: 2, writeUnits: 8 }
/**
 * The read units are an upper limit.
 * @param size people in the group, all of whom have read the comments so far
 */
export const commentInGroup = (size: number): Capacity => ({
  readUnits: 2 + Math.ceil(size / 12),
  writeUnits: 3 * size + 2,
})
/** Writes both rows of a personal room. */
export const readInPersonalRoom: Capacity = { readUnits: 2, writeUnits: 6 }
/** Writes only the reader's row. */
export const readInGroup: Capacity = { readUnits: 3, writeUnits: 4 }
