import type { Room } from '../../../client/src/index.ts'

/** Makes a group without comments, with these fields in the place of its own. */
export const makeRoom = (fields: Partial<Room>): Room => ({
  room_id: 1,
  room_type: 'group',
  room_name: '',
  room_avatar_url: '',
  last_comment_id: 0,
  last_comment_message: '',
  last_comment_timestamp: '2026-01-05T09:00:00Z',
  last_comment_email: '',
  last_comment_username: '',
  last_comment_read_id: 0,
  unread_count: 0,
  muted: false,
  pinned: false,
  archived: false,
  marked_unread: false,
  ...fields,
})
