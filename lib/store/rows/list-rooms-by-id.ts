import { marshall } from '@aws-sdk/util-dynamodb'
import type { Email } from '../../domain/email.ts'
import type { Listing } from '../../domain/listing.ts'
import { rowKey } from '../keys.ts'
import { readItems } from '../read-items.ts'
import type { Store } from '../store.ts'
import { type Attributes, sortRows, toRow } from './stored-row.ts'

/** Rooms that a user asks for. */
export interface RoomsRequest {
  caller: Email
  /** 1 to 100, each once. */
  roomIds: number[]
}

/**
 * Reads rooms of a user by their ids, in the order of the list. `removed` has those that are not in the list: the user
 * left them, or was never in them. The read is consistent.
 * @throws InboxError `unavailable`
 */
export const listRoomsById = async (
  store: Store,
  { caller, roomIds }: RoomsRequest,
): Promise<Listing> => {
  const items = await readItems(
    store,
    roomIds.map((roomId) => rowKey(caller, roomId)),
  )
  // Rows are parsed as the other lists read them.
  const listed = items.flatMap((item) =>
    item?.['activity'] === undefined ? [] : [marshall(item) as Attributes],
  )
  return {
    page: 1,
    total: listed.length,
    rows: sortRows(listed).map(toRow),
    removed: roomIds.filter((_, index) => items[index]?.['activity'] === undefined),
  }
}
