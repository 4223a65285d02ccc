import type { Email } from '../domain/email.ts'
import { InboxError } from '../domain/errors.ts'
import { projectRow, viewRoom } from '../domain/project-row.ts'
import { isPresent, type Room } from '../domain/room-state.ts'
import { addMillisecond, type Timestamp, toTimestamp } from '../domain/time.ts'
import {
  allOf,
  isListed,
  isNotCreated,
  isNotListed,
  isRevisionUnchanged,
  isStillInTheRoom,
} from './conditions.ts'
import { ConditionFailed, Contention } from './errors.ts'
import { parseParticipant, parseRoom } from './facts/items.ts'
import { readRoom, readRoomState } from './facts/read-room.ts'
import { participantKey, roomKey, rowKey } from './keys.ts'
import { projectRoom } from './project-room.ts'
import { readItems } from './read-items.ts'
import { retryContention } from './retry.ts'
import { parseRowStatus, type RowStatus, toStored } from './rows/stored-row.ts'
import { makeUnlistWrites } from './rows/unlist-row.ts'
import { assumeListed, makeListedRowWrites, type NewRow } from './rows/write-row.ts'
import { publishedLeave } from './schema.ts'
import type { Store } from './store.ts'
import { transact, type Write } from './transact.ts'

/** A request to leave a room. */
interface Leave {
  caller: Email
  roomId: number
}

/** A leave that can be recorded: what was read, and the time that it will have. */
interface PendingLeave extends Leave {
  /** Not listed if the caller has joined again and the row is not written yet. */
  row: RowStatus
  room: Room
  joinedAt: Timestamp
  leftAt: Timestamp
}

/** A leave that is recorded: the room as read afterwards, and the revision that the leave gave it. */
interface RecordedLeave {
  room: Room
  revisionOfLeave: number | undefined
}

/**
 * Removes the caller from a room in one transaction: row, total, participant and, in a personal room, the other
 * participant's row. Leaving twice succeeds twice. docs/protocol.md#leaving-through-the-api explains each condition.
 * @throws InboxError `room_not_found` if the room was never in the caller's list, `unavailable`
 */
export const leaveRoom = async (store: Store, leave: Leave): Promise<void> => {
  const { room, revisionOfLeave } = await recordLeave(store, leave)
  if (room.type === 'group' || room.revision === revisionOfLeave) return
  const affected = { everyone: true, participants: new Set([leave.caller]) }
  await retryContention(store, () => projectRoom(store, leave.roomId, affected))
}

/**
 * Sends the transaction, then reads a personal room again. A Query can see some items of a transaction before
 * others (read-committed isolation). So a projection that starts meanwhile can see the room's new revision, and
 * still see the participant as present. But it has raised the revision, so the read after the transaction notices
 * it.
 */
const recordLeave = (store: Store, leave: Leave): Promise<RecordedLeave> => {
  const stored = new Map<Email, RowStatus>()
  return retryContention(store, async () => {
    const pending = await readPendingLeave(store, leave)
    if ('revisionOfLeave' in pending) return pending

    const writes = makeOwnWrites(store, pending)
    const viewerOfWrite = new Map<number, Email>()
    for (const other of await makeOtherRows(store, pending)) {
      viewerOfWrite.set(writes.length, other.viewer)
      writes.push(
        ...makeListedRowWrites(store, other, stored.get(other.viewer) ?? assumeListed(other)),
      )
    }

    try {
      await transact(store, writes)
    } catch (error) {
      if (error instanceof ConditionFailed)
        for (const [index, item] of error.found) {
          const viewer = viewerOfWrite.get(index)
          if (viewer !== undefined) stored.set(viewer, parseRowStatus(item))
        }
      throw error
    }
    const { room } = pending
    if (room.type === 'group') return { room, revisionOfLeave: undefined }
    return { room: await readRoom(store, room.room_id), revisionOfLeave: room.revision + 1 }
  })
}

/** @returns a {@link RecordedLeave} if the caller has left before */
const readPendingLeave = async (
  store: Store,
  { caller, roomId }: Leave,
): Promise<PendingLeave | RecordedLeave> => {
  const keys = [rowKey(caller, roomId), participantKey(roomId, caller), roomKey(roomId)]
  const [rowItem, participantItem, roomItem] = await readItems(store, keys)
  const row = parseRowStatus(rowItem)
  const { activity, left_at, revision } = row
  if (activity === undefined && left_at === undefined)
    throw new InboxError(
      'room_not_found',
      `you are in no room ${roomId}: take the room_id from your list of rooms`,
    )
  const room = parseRoom(roomId, roomItem)
  // The items of a batch are read at different moments: the row can be newer than the participant, of whom nothing is
  // known then, or only a read or a flag.
  if (participantItem === undefined) throw new Contention()
  const me = parseParticipant(participantItem)
  if (activity === undefined && !isPresent(me)) return { room, revisionOfLeave: revision }
  const joinedAt = me.joined_at
  if (joinedAt === undefined) throw new Contention()
  const now = toTimestamp(store.now())
  return {
    caller,
    roomId,
    row,
    room,
    joinedAt,
    leftAt: findLatest([now, addMillisecond(joinedAt), me.left_at ?? now]),
  }
}

const findLatest = (times: Timestamp[]): Timestamp => times.sort().at(-1)!

const makeOwnWrites = (store: Store, pending: PendingLeave): Write[] => {
  const { caller, roomId, row, room, leftAt } = pending
  const revision = room.type === 'group' ? undefined : room.revision + 1
  const tombstone = { viewer: caller, roomId, leftAt, ...(revision && { revision }) }
  const condition = row.activity === undefined ? isNotListed : isListed
  return [
    ...makeUnlistWrites(store, tombstone, row, condition),
    makeParticipantWrite(store, pending),
    ...(revision === undefined ? [] : [makeRoomWrite(store, room, revision)]),
  ]
}

/** Records that the participant left, and marks the leave, so that it is published. */
const makeParticipantWrite = (
  { tableName }: Store,
  { caller, roomId, joinedAt, leftAt }: PendingLeave,
): Write => {
  const names = publishedLeave
  return {
    Update: {
      TableName: tableName,
      Key: participantKey(roomId, caller),
      UpdateExpression: `SET ${names.leftAt} = :left_at, ${names.mark} = :mark, ${names.roomId} = :room_id`,
      ConditionExpression: isStillInTheRoom,
      ExpressionAttributeValues: {
        ':left_at': leftAt,
        ':mark': names.markValue,
        ':room_id': String(roomId),
        ':joined_at': joinedAt,
      },
    },
  }
}

/** If the room is not created yet, it must not be created meanwhile: a later creation reads the leave. */
const makeRoomWrite = ({ tableName }: Store, room: Room, revision: number): Write => ({
  Update: {
    TableName: tableName,
    Key: roomKey(room.room_id),
    UpdateExpression: 'SET revision = :revision',
    ...(room.type === undefined
      ? {
          ConditionExpression: allOf(isNotCreated, isRevisionUnchanged),
          ExpressionAttributeNames: { '#type': 'type' },
        }
      : { ConditionExpression: isRevisionUnchanged }),
    ExpressionAttributeValues: { ':revision': revision, ':revision_read': room.revision },
  },
})

/** Makes the rows of the others in a personal room as they look after the leave. */
const makeOtherRows = async (
  store: Store,
  { caller, room, leftAt }: PendingLeave,
): Promise<NewRow[]> => {
  if (room.type !== 'single') return []
  const before = await readRoomState(store, room)
  const participants = before.participants.map((participant) =>
    participant.key === caller ? { ...participant, left_at: leftAt } : participant,
  )
  const view = viewRoom({ ...before, participants })
  // If the caller joins again between the two reads, the condition of the participant's write fails.
  const others = view.members.filter(({ key }) => key !== caller)
  return others.flatMap((other) => {
    const row = projectRow(view, other)
    if (row === undefined) return []
    const stored = toStored(other.key, row, room.revision + 1)
    return [{ viewer: other.key, row: stored, joinedAt: other.joined_at }]
  })
}
