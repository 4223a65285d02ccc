import { store } from '../../lib/deps.ts'
import type { Comment, Participant, RoomState } from '../../lib/domain/room-state.ts'
import { projectRow, viewRoom } from '../../lib/domain/project-row.ts'
import type { Flag } from '../../lib/domain/flags.ts'
import type { RoomType } from '../../lib/domain/room-type.ts'
import { type Timestamp, toTimestamp } from '../../lib/domain/time.ts'
import { totalActivity, totalKey } from '../../lib/store/keys.ts'
import { toStored } from '../../lib/store/rows/stored-row.ts'
import { type Item, itemsOfFacts, putItems } from './put-items.ts'
import { at } from './events.ts'

/** 85 bytes, like the avatar URLs of the contract. */
const avatarUrl = `https://cdn.example.com/${'a'.repeat(61)}`
/** Of 40 bytes, as in the budgets. */
export const message = 'A message that is exactly 40 bytes long.'

export interface SeededRoom {
  room_id: number
  type: RoomType
  participants: string[]
  /** The number of comments by the second participant, one a second. */
  comments?: number
  /** What everyone has read; one before the newest comment if left out. */
  read?: number
  created_at?: Timestamp
  /** What the first participant has set, later than everything else happened. */
  flags?: readonly Flag[]
}

/** The facts of a room, with values of the lengths that the budgets assume. */
export const seededFacts = ({
  room_id,
  type,
  participants,
  comments = 1,
  read = Math.max(0, comments - 1),
  created_at = at(room_id),
  flags = [],
}: SeededRoom): RoomState => ({
  room: {
    room_id,
    revision: 1,
    type,
    name: `room ${room_id}`,
    avatar_url: type === 'group' ? avatarUrl : '',
    created_at,
  },
  participants: participants.map((email, position): Participant => ({
    key: email,
    email,
    id: 100_000 + position,
    joined_at: created_at,
    position,
    username: `user ${position}`,
    avatar_url: avatarUrl,
    last_comment_read_id: read,
    ...(position === 0 && flagged(flags)),
  })),
  comments: Array.from({ length: comments }, (_, index): Comment => {
    const comment_id = comments - index
    const posted_at = new Date(Date.parse(created_at) + comment_id * 1000).toISOString()
    const author = participants[1] ?? participants[0]!
    return { comment_id, author, username: 'user 1', message, posted_at }
  }),
})

const flagged = (flags: readonly Flag[]): Partial<Participant> =>
  Object.fromEntries(
    flags.flatMap((flag) => [
      [`${flag}_as_of`, toTimestamp(Date.UTC(2025, 0, 1))],
      [flag, 1],
    ]),
  )

/**
 * Writes rooms, their rows and totals directly into the table, which is faster than events.
 * @param only the one user whose rows and totals are written; no room is written then
 */
export const seedRooms = async (rooms: SeededRoom[], only?: string, to = store): Promise<void> => {
  const totals = new Map<string, Item>()
  const items = rooms.flatMap((seeded): Item[] => {
    const facts = seededFacts(seeded)
    const view = viewRoom(facts)
    const viewers = facts.participants.filter(({ key }) => only === undefined || key === only)
    const rows = viewers.map((viewer) => {
      const { key } = viewer
      const { sk } = totalKey(key, seeded.type)
      const total = totals.get(key + sk) ?? {
        ...totalKey(key, seeded.type),
        activity: totalActivity(seeded.type),
        total_id: 'seeded',
        total: 0,
      }
      totals.set(key + sk, { ...total, total: Number(total['total']) + 1 })
      const row = toStored(viewer.key, projectRow(view, viewer)!, facts.room.revision)
      return { ...row, changed: Date.UTC(2024, 0, 1) }
    })
    return only === undefined ? [...itemsOfFacts(facts), ...rows] : rows
  })
  await putItems(to, [...items, ...totals.values()])
}
