import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import pMap from 'p-map'
import type { RoomState } from '../../lib/domain/room-state.ts'
import { commentKey, participantKey, roomKey } from '../../lib/store/keys.ts'
import type { Store } from '../../lib/store/store.ts'

export type Item = Record<string, unknown>

/** The items that hold the facts of a room. */
export const itemsOfFacts = ({ room, participants, comments }: RoomState): Item[] => {
  const { room_id, ...attributes } = room
  return [
    { ...roomKey(room_id), ...attributes },
    ...participants.map(({ key, ...participant }) => ({
      ...participantKey(room_id, key),
      ...participant,
    })),
    ...comments.map(({ comment_id, ...comment }) => ({
      ...commentKey(room_id, comment_id),
      ...comment,
    })),
  ]
}

const batchSize = 25

/** Puts items directly into the table, in batches. */
export const putItems = async (store: Store, items: Iterable<Item>): Promise<void> => {
  const batches = function* () {
    let batch: Item[] = []
    for (const item of items) {
      batch.push(item)
      if (batch.length < batchSize) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  }
  await pMap(
    batches(),
    (batch) =>
      store.client.send(
        new BatchWriteCommand({
          RequestItems: { [store.tableName]: batch.map((Item) => ({ PutRequest: { Item } })) },
        }),
      ),
    { concurrency: 4 },
  )
}
