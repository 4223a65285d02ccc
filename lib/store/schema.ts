/** The table's names, shared by the code that reads it and the stack that makes it. */
export const partitionKey = 'pk'
export const sortKey = 'sk'
/** A local index: only a base table or a local index can be read consistently. */
export const inboxIndex = 'inbox'
export const inboxSortKey = 'activity'

/**
 * The attributes of a participant who left through the API, by which publish-changes finds such leaves in the
 * table's stream.
 */
export const publishedLeave = {
  mark: 'left_through',
  markValue: 'api',
  leftAt: 'left_at',
  /**
   * For version 1.0.0, which publishes leaves by a pipe that cannot take the id from the key, and for the command of the
   * runbook that lists the leaves.
   */
  roomId: 'room_id',
  email: 'email',
} as const
