import type { Email } from '../domain/email.ts'
import { isLessProjected } from './conditions.ts'
import { readRoom } from './facts/read-room.ts'
import { roomKey } from './keys.ts'
import { type Affected, raiseRevision, readAffected, writeRows } from './project-room.ts'
import { retryContention } from './retry.ts'
import { gatherCalls } from './send-together.ts'
import type { Store } from './store.ts'
import { update } from './update.ts'

/** How the rows of large groups are projected later, once for all events that came meanwhile. */
export interface Deferral {
  /** A group with more people than this is large, and stays so. */
  above: number
  /**
   * Requests a projection that shows what was known when the revision was raised to this number. It is carried out at
   * least once.
   */
  request: (roomId: number, revision: number) => Promise<void>
}

/** What the events of a batch may have changed in a room. */
interface Change extends Affected {
  /** Those whose row some event changes alone. */
  alone: Set<Email> | undefined
}

/**
 * Projects a room at once if it is small. Of a large group, it projects only the rows that events change alone, and
 * requests a projection of all rows. The revision is raised before, and the request has the number of the raise, so
 * that {@link projectLargeRoom} reads the facts of these events. docs/protocol.md#large-groups explains why.
 * @returns how many rows were written
 */
export const projectOrDefer = async (
  store: Store,
  roomId: number,
  { alone = new Set(), ...affected }: Change,
  { above, request }: Deferral,
  newcomers?: Set<Email>,
): Promise<number> => {
  const room = await raiseRevision(store, roomId)
  if (room.projected === undefined) {
    const rows = await readAffected(store, room, affected)
    if (room.type !== 'group' || rows.viewers.length <= above)
      return writeRows(store, rows, newcomers)
    await noteProjected(store, roomId, 0)
  }
  let written = 0
  if (alone.size > 0) {
    const own = await readAffected(store, room, { everyone: false, participants: alone })
    written = await writeRows(store, own, newcomers)
  }
  // Last: contention with the rows above repeats all this, and one request is enough.
  await request(roomId, room.revision)
  return written
}

/** A requested projection of a large group. */
export interface Projection {
  roomId: number
  /** The number of the raise that requested it. */
  revision: number
  /** Whether an earlier attempt may have written some of the rows. */
  isRetry: boolean
}

/**
 * Projects all rows of a large group, unless another projection has done so since the request. The revision is read
 * before the facts, so the rows show all facts of this revision. A retry takes the number of the request instead:
 * rows that the first attempt has written have this number or a higher one, and are not written again.
 * @returns how many rows were written
 */
export const projectLargeRoom = (
  single: Store,
  { roomId, revision: requested, isRetry }: Projection,
): Promise<number> => {
  const store = gatherCalls(single)
  return retryContention(store, async () => {
    const found = await readRoom(store, roomId)
    if (found.type === undefined || (found.projected ?? 0) >= requested) return 0
    // The room of a restored table may not have reached the number of the request.
    const revision = isRetry ? Math.min(requested, found.revision) : found.revision
    const everyone: Affected = { everyone: true, participants: new Set() }
    const rows = await readAffected(store, { ...found, revision }, everyone)
    const written = await writeRows(store, rows)
    await noteProjected(store, roomId, revision)
    return written
  })
}

/** Notes that every row shows the facts of this revision. It also marks a group as large. */
const noteProjected = async (store: Store, roomId: number, projected: number): Promise<void> => {
  await update(store, {
    Key: roomKey(roomId),
    UpdateExpression: 'SET projected = :projected',
    ConditionExpression: isLessProjected,
    ExpressionAttributeValues: { ':projected': projected },
  })
}
