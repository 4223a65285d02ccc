import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import { store } from '../../lib/deps.ts'
import type { Comment, Participant, RoomFacts, RoomType } from '../../lib/domain/facts.ts'
import { projectRow } from '../../lib/domain/project-row.ts'
import type { Timestamp } from '../../lib/domain/time.ts'
import {
  commentKey,
  participantKey,
  roomKey,
  totalActivity,
  totalKey,
} from '../../lib/store/keys.ts'
import { toStored } from '../../lib/store/rows.ts'
import { at } from './world.ts'

/** As long as avatar URLs of the contract are: 85 bytes. */
const avatarUrl = `https://cdn.example.com/${'a'.repeat(61)}`
const message = 'A message of just as many bytes: forty..'

export interface SeededRoom {
  room_id: number
  type: RoomType
  participants: string[]
  /** Comments by the second participant, one a second. */
  comments?: number
  /** How far everyone has read; all but the newest comment if left out. */
  read?: number
  created_at?: Timestamp
}

/** The facts of a room whose everything has the length that the budgets are for. */
export const seededFacts = ({
  room_id,
  type,
  participants,
  comments = 1,
  read = Math.max(0, comments - 1),
  created_at = at(room_id),
}: SeededRoom): RoomFacts => ({
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
  })),
  comments: Array.from({ length: comments }, (_, index): Comment => {
    const comment_id = comments - index
    const posted_at = new Date(Date.parse(created_at) + comment_id * 1000).toISOString()
    return { comment_id, author: participants[1] ?? participants[0]!, message, posted_at }
  }),
})

/**
 * Writes rooms, their rows and totals straight into the table, at a scale that events would take
 * long for.
 * @param only writes the rows and totals of this user and nothing else
 */
export const seedRooms = async (rooms: SeededRoom[], only?: string): Promise<void> => {
  const totals = new Map<string, Record<string, unknown>>()
  const items = rooms.flatMap((seeded) => {
    const facts = seededFacts(seeded)
    const { room, participants, comments } = facts
    const { room_id, ...roomAttributes } = room
    const viewers = participants.filter(({ key }) => only === undefined || key === only)
    const rows = viewers.map(({ key }) => {
      const { sk } = totalKey(key, seeded.type)
      const total = totals.get(key + sk) ?? {
        ...totalKey(key, seeded.type),
        activity: totalActivity(seeded.type),
        total: 0,
      }
      totals.set(key + sk, { ...total, total: Number(total['total']) + 1 })
      return toStored(key, projectRow(facts, key)!, room.revision)
    })
    if (only !== undefined) return rows
    return [
      { ...roomKey(room_id), ...roomAttributes },
      ...participants.map(({ key, ...attributes }) => ({
        ...participantKey(room_id, key),
        ...attributes,
      })),
      ...comments.map(({ comment_id, ...attributes }) => ({
        ...commentKey(room_id, comment_id),
        ...attributes,
      })),
      ...rows,
    ]
  })
  const all = [...items, ...totals.values()]
  const batches = Array.from({ length: Math.ceil(all.length / 25) }, (_, index) =>
    all.slice(index * 25, (index + 1) * 25),
  )
  await pMap(
    batches,
    (batch) =>
      store.client.send(
        new BatchWriteCommand({
          RequestItems: { [store.tableName]: batch.map((Item) => ({ PutRequest: { Item } })) },
        }),
      ),
    { concurrency: 8 },
  )
}
