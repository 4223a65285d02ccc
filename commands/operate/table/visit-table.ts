import pMap from 'p-map'
import type { Email } from '../../../lib/domain/email.ts'
import { listPeople } from '../../../lib/store/maintenance/list-people.ts'
import type { Store } from '../../../lib/store/store.ts'
import { isRoomStored } from '../../../lib/store/maintenance/is-room-stored.ts'
import { visitPartitions } from '../../../lib/store/maintenance/visit-partitions.ts'
import { attempt } from './outcome.ts'

/** What a command does with each room and each user. */
export interface Visit {
  onRoom: (roomId: number) => Promise<void>
  onUser: (user: Email) => Promise<void>
  /** Receives a room of `rooms` that cannot be visited. */
  onMissing: (roomId: number, reason: string) => void
}

/**
 * Visits every room and user of a table, or some rooms and after them their participants.
 * @param rooms undefined for all
 * @param concurrency of the visits
 */
export const visitTable = async (
  store: Store,
  rooms: number[] | undefined,
  { onRoom, onUser, onMissing }: Visit,
  concurrency: number,
): Promise<void> => {
  if (rooms === undefined) {
    await visitPartitions(
      store,
      (partition) => ('user' in partition ? onUser(partition.user) : onRoom(partition.roomId)),
      concurrency,
    )
    return
  }
  const visitRoom = async (roomId: number): Promise<Email[]> => {
    if (!(await isRoomStored(store, roomId))) {
      onMissing(roomId, 'not in the table')
      return []
    }
    await onRoom(roomId)
    const people = await attempt(() => listPeople(store, roomId))
    // The visit has reported a room with a participant that cannot be read.
    return 'result' in people ? people.result : []
  }
  const people = await pMap(rooms, visitRoom, { concurrency })
  await pMap(new Set(people.flat()), onUser, { concurrency })
}
