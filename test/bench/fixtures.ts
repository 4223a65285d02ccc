import { hash } from 'node:crypto'
import { projectRow, type RoomView, viewRoom } from '../../lib/domain/project-row.ts'
import type { Comment, Participant, RoomState } from '../../lib/domain/room-state.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { type Timestamp, toTimestamp } from '../../lib/domain/time.ts'
import { totalActivity, totalKey } from '../../lib/store/keys.ts'
import { toStored } from '../../lib/store/rows/stored-row.ts'
import { type Item, itemsOfFacts } from '../support/put-items.ts'

/** The user whose first pages the functions list. */
export const viewer = 'viewer@example.com'

/**
 * They have the lengths in the budgets (85 and 40 bytes) and vary like real ones, because responses are
 * compressed.
 */
const avatarUrl = (owner: string): string =>
  `https://cdn.example.com/avatars/${hash('sha256', owner).slice(0, 49)}.jpg`
const message = (roomId: number): string => {
  const picks = hash('md5', `message ${roomId}`, 'buffer').subarray(0, 9)
  return [...picks]
    .map((pick) => words[pick % words.length])
    .join(' ')
    .padEnd(40, '.')
    .slice(0, 40)
}
const words =
  'see you at the station tomorrow morning no way thanks did anybody call about our new photos lunch is ready where are we going ok'.split(
    ' ',
  )

export const at = (seconds: number): Timestamp => toTimestamp(Date.UTC(2024, 0, 1) + seconds * 1000)

/** A room with one comment, by its second participant, that nobody else has read. */
export const factsOf = (roomId: number, type: RoomType, emails: string[]): RoomState => ({
  room: {
    room_id: roomId,
    revision: 1,
    type,
    name: `room ${roomId}`,
    avatar_url: type === 'group' ? avatarUrl(`room ${roomId}`) : '',
    created_at: at(roomId),
  },
  participants: emails.map((email, position): Participant => ({
    key: email,
    email,
    id: 100_000 + position,
    joined_at: at(roomId),
    position,
    username: `${words[(roomId + position) % words.length]!} ${roomId}`,
    avatar_url: avatarUrl(`${email} in ${roomId}`),
    last_comment_read_id: 0,
  })),
  comments: [
    {
      comment_id: 1,
      author: emails[1]!,
      message: message(roomId),
      posted_at: at(roomId + 1),
    } satisfies Comment,
  ],
})

/**
 * The rows of a user in a number of rooms of a type, and their total. The rooms have no facts. They have every second
 * number, so those of both types alternate in the list of all rooms.
 * @param firstRoom the number of the first personal room; the first group has the next one
 * @param makeRow the form of the rows; that of the inbox if left out
 */
export const listingOf = function* (
  email: string,
  type: RoomType,
  count: number,
  firstRoom: number,
  makeRow = rowOf,
): Generator<Item> {
  for (let index = 0; index < count; index += 1) {
    const roomId = firstOf(type, firstRoom) + 2 * index
    const view = viewRoom(factsOf(roomId, type, [email, 'second@example.com']))
    yield makeRow(view, view.participants[0]!)
  }
  yield { ...totalKey(email, type), activity: totalActivity(type), total: count }
}

/** The first room of a type in a listing: see {@link listingOf}. */
export const firstOf = (type: RoomType, firstRoom: number): number =>
  type === 'single' ? firstRoom : firstRoom + 1

/** The facts of a room and the rows of its participants, without totals. */
export const roomOf = (facts: RoomState): Item[] => {
  const view = viewRoom(facts)
  return [...itemsOfFacts(facts), ...facts.participants.map((viewer) => rowOf(view, viewer))]
}

const rowOf = (view: RoomView, viewer: Participant): Item => ({
  ...toStored(viewer.key, projectRow(view, viewer)!, view.room.revision),
})

/** What a row of the bare SDK's table has besides its keys, as somebody who writes that code stores it. */
const plainAttributes: readonly string[] = [
  'last_comment_message',
  'participants',
  'room_avatar_url',
  'room_name',
  'unread_count',
]

/** A row in the plain form: an attribute for each field, and the participants a list of maps. */
export const plainRowOf = (view: RoomView, viewer: Participant): Item => {
  const row = projectRow(view, viewer)!
  const { pk, sk, activity, revision } = toStored(viewer.key, row, view.room.revision)
  const shown = Object.entries(row).filter(([name]) => plainAttributes.includes(name))
  return { pk, sk, activity, revision, ...Object.fromEntries(shown) }
}
