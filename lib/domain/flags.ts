/**
 * What a participant can set for a room, and take back. An event `participant.FLAG` does both. No other participant
 * sees it, and the room keeps its place in the list.
 */
export const flags = ['muted', 'pinned', 'archived', 'marked_unread'] as const

export type Flag = (typeof flags)[number]
