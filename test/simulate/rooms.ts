import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { toTimestamp } from '../../lib/domain/time.ts'
import { parseActivity, roomKey, rowKey } from '../../lib/store/keys.ts'
import { readItems } from '../../lib/store/read-items.ts'
import type { Store } from '../../lib/store/store.ts'
import { type SeededRoom, seedRooms } from '../support/seed.ts'
import { Ages } from './ages.ts'
import { startMs } from './functions.ts'
import type { Rooms } from './scenarios.ts'
import { largestAtOnce } from './settings.ts'

/** All rooms are of these people, in turn. */
const allPeople = 1000

interface SimulatedRoom {
  people: string[]
  /** When each comment was sent. The first one is comment 2, because a room begins with comment 1. */
  sentAt: number[]
  /** The newest comment that each person's row shows, by the partition of the person. */
  shown: Map<string, number>
}

/** Rooms of one size: makes their comments, and watches their rows. */
export class WatchedRooms {
  /** How old a comment is when a row first shows it or a newer one. */
  readonly ages = new Ages()
  rowsWritten = 0
  /** The times of the comments. */
  readonly comments: number[]
  /** In each room. */
  readonly people: number
  readonly #rooms: Map<number, SimulatedRoom>

  constructor({ rooms, people, comments }: Rooms, firstId: number) {
    this.comments = comments
    this.people = people
    const peopleOf = (room: number) =>
      Array.from(
        { length: people },
        (_, place) => `user-${(room * people + place) % allPeople}@example.com`,
      )
    this.#rooms = new Map(
      Array.from({ length: rooms }, (_, index) => [
        firstId + index,
        { people: peopleOf(index), sentAt: [], shown: new Map() },
      ]),
    )
  }

  get roomIds(): number[] {
    return [...this.#rooms.keys()]
  }

  has(roomId: number): boolean {
    return this.#rooms.has(roomId)
  }

  /** How the rooms begin: with one comment that everybody's row shows. */
  get seeded(): SeededRoom[] {
    return [...this.#rooms].map(([room_id, { people }]) => ({
      room_id,
      type: 'group',
      participants: people,
    }))
  }

  /**
   * Makes the next comment of a room.
   * @param index of the comment. The rooms take turns
   * @returns the message for the queue
   */
  comment(index: number, now: number): string {
    const [roomId, { people, sentAt }] = [...this.#rooms][index % this.#rooms.size]!
    const commentId = sentAt.push(now) + 1
    return JSON.stringify({
      'detail-type': 'comment.posted',
      detail: {
        occurred_at: toTimestamp(startMs + now),
        room_id: roomId,
        comment_id: commentId,
        email: people[commentId % people.length],
        message: `comment ${commentId}`,
      },
    })
  }

  /** Notes that a row of one of the rooms was written. */
  noteRow(roomId: number, partition: string, commentId: number, now: number): void {
    const { sentAt, shown } = this.#rooms.get(roomId)!
    const before = shown.get(partition) ?? 1
    for (let id = before + 1; id <= commentId; id += 1) this.ages.add(now - sentAt[id - 2]!)
    shown.set(partition, Math.max(before, commentId))
    this.rowsWritten += 1
  }

  /** @returns how many stored rows do not show the newest comment of their room */
  async countRowsBehind(store: Store): Promise<number> {
    let behind = 0
    for (const [roomId, { people, sentAt }] of this.#rooms) {
      const keys = people.map((email) => rowKey(email, roomId))
      for (const row of await readItems(store, keys))
        if (parseActivity(String(row?.['activity'])).commentId !== sentAt.length + 1) behind += 1
    }
    return behind
  }
}

/** Writes the rooms as they begin into the table. Large groups are marked as such. */
export const seedWatched = async (store: Store, watched: WatchedRooms[]): Promise<void> => {
  const rooms = watched.flatMap(({ seeded }) => seeded)
  await seedRooms(rooms, undefined, store)
  for (const { room_id, participants } of rooms)
    if (participants.length > largestAtOnce)
      await store.client.send(
        new UpdateCommand({
          TableName: store.tableName,
          Key: roomKey(room_id),
          UpdateExpression: 'SET projected = :none',
          ExpressionAttributeValues: { ':none': 0 },
        }),
      )
}
