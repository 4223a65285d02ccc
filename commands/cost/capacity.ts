/**
 * What one call consumes, as the tests measure it: they fail when one of these is exceeded. For rows
 * with a message of 40 bytes and avatar URLs of 85, and for rooms of 100 comments: a room with a few
 * costs one read unit less.
 */
export interface Capacity {
  readUnits: number
  writeUnits: number
}

export const pageOfPersonalRooms: Capacity = { readUnits: 4, writeUnits: 0 }
export const pageOfGroups: Capacity = { readUnits: 2, writeUnits: 0 }
export const leaveOfPersonalRoom: Capacity = { readUnits: 6, writeUnits: 16 }
export const leaveOfGroup: Capacity = { readUnits: 3, writeUnits: 10 }
export const commentInPersonalRoom: Capacity = { readUnits: 2, writeUnits: 8 }
/**
 * Reads at most.
 * @param size people in the group, up to date with their reading
 */
export const commentInGroup = (size: number): Capacity => ({
  readUnits: 2 + Math.ceil(size / 14),
  writeUnits: 3 * size + 2,
})
/** Two rows of a personal room. */
export const readInPersonalRoom: Capacity = { readUnits: 2, writeUnits: 6 }
/** One's own row of a group. */
export const readInGroup: Capacity = { readUnits: 3, writeUnits: 4 }
