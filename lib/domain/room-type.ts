/** Apart from the facts of rooms, so that a list of rooms, which needs no facts, does not load them. */
export const roomTypes = ['single', 'group'] as const
export type RoomType = (typeof roomTypes)[number]
