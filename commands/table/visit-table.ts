import pMap from 'p-map'
import type { Email } from '../../lib/domain/email.ts'
import { listPeople } from '../../lib/store/maintenance/list-people.ts'
import type { Store } from '../../lib/store/table.ts'
import { visitPartitions } from '../../lib/store/maintenance/visit-partitions.ts'

/** What a command does with each room and each user. */
export interface Visit {
  onRoom: (roomId: number) => Promise<void>
  onUser: (user: Email) => Promise<void>
}

/**
 * Visits every room and user of a table, or some rooms and after them their participants.
 * @param rooms undefined for all
 * @param concurrency of the visits
 */
export const visitTable = async (
  store: Store,
  rooms: number[] | undefined,
  { onRoom, onUser }: Visit,
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
  await pMap(rooms, onRoom, { concurrency })
  const people = await pMap(rooms, (roomId) => listPeople(store, roomId), { concurrency })
  await pMap(new Set(people.flat()), onUser, { concurrency })
}
