import pMap from 'p-map'
import { readRoom } from '../facts/read-room.ts'
import type { Store } from '../store.ts'

const readsAtATime = 16

/** @returns those of the rooms whose creation is not stored, in ascending order */
export const findUncreatedRooms = async (store: Store, roomIds: number[]): Promise<number[]> => {
  const uncreated = await pMap(
    roomIds,
    async (roomId) => {
      const room = await readRoom(store, roomId)
      return room.type === undefined ? [roomId] : []
    },
    { concurrency: readsAtATime },
  )
  return uncreated.flat().sort((a, b) => a - b)
}
