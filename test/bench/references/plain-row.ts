/**
 * The attributes of a row in the plain form: one for each field that its keys do not say, and the
 * participants as a list of maps. Somebody who writes the bare SDK code stores rows like this.
 */
export const plainAttributes = [
  'last_comment_message',
  'participants',
  'room_avatar_url',
  'room_name',
  'unread_count',
] as const
