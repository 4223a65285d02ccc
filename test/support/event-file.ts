import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { at } from './events.ts'

const userCount = 100
const emailOf = (user: number): string => `file-${user}@example.com`
const person = (user: number) => ({
  id: user,
  email: emailOf(user),
  username: `Person ${user}`,
  avatar_url: `https://example.com/${user}.png`,
})

/** Users of event files who have personal rooms and groups. */
export const fileUsers = [7, 8, 9, 15].map(emailOf)

/** Writes a file of `count` events: creations of rooms, one for every 50 events, then comments and reads. */
export const writeEventFile = async (path: string, count: number): Promise<void> => {
  const stream = createWriteStream(path)
  const roomCount = Math.ceil(count / 50)
  for (let index = 0; index < count; index += 1) {
    const event = index < roomCount ? createRoomEvent(index) : createCommentEvent(index, roomCount)
    if (!stream.write(`${JSON.stringify(event)}\n`)) await once(stream, 'drain')
  }
  stream.end()
  await finished(stream)
}

const membersOf = (room: number): number[] =>
  Array.from({ length: room % 2 === 0 ? 2 : 5 }, (_, place) => (room + place * 7) % userCount)

const createRoomEvent = (room: number) => ({
  'detail-type': 'room.created',
  detail: {
    occurred_at: at(room),
    room_id: room + 1,
    room_type: room % 2 === 0 ? 'single' : 'group',
    room_name: `room ${room}`,
    room_avatar_url: '',
    participants: membersOf(room).map(person),
  },
})

const createCommentEvent = (index: number, roomCount: number) => {
  const room = (index * 31) % roomCount
  const [author, reader] = membersOf(room) as [number, number]
  const detail = { occurred_at: at(index), room_id: room + 1 }
  if (index % 50 === 1)
    return {
      'detail-type': 'participant.muted',
      detail: { ...detail, email: emailOf(reader), muted: index % 100 === 1 },
    }
  return index % 5 === 0
    ? {
        'detail-type': 'comment.read',
        detail: { ...detail, comment_id: index - 1, email: emailOf(reader) },
      }
    : {
        'detail-type': 'comment.posted',
        detail: { ...detail, comment_id: index, email: emailOf(author), message: `text ${index}` },
      }
}
