import { isDeepStrictEqual } from 'node:util'
import { EventRefused } from '../domain/errors.ts'
import type { Change, RoomInList } from '../domain/published.ts'
import {
  isParticipant,
  isRow,
  type Key,
  parseParticipantEmail,
  parsePartition,
  parseRowRoomId,
} from './keys.ts'
import { attributesWhileListed } from './rows/stored-row.ts'
import { publishedLeave } from './schema.ts'

/** A record of the table's stream: one change of one item, as it was and as it is. */
export interface ItemChange {
  Keys?: Image | undefined
  /** Left out if the item is new. */
  OldImage?: Image | undefined
  /** Left out if the item was deleted. */
  NewImage?: Image | undefined
}

/** The attributes of an item, not unmarshalled. */
type Image = Record<string, { S?: string | undefined; N?: string | undefined }>

/**
 * Finds what a change of an item means to others: a leave through the API, or a row that looks different in its list.
 * @returns undefined if it is neither, and for an item that is not the inbox's
 * @throws EventRefused for a leave without its time
 */
export const findChange = ({ Keys, OldImage, NewImage }: ItemChange): Change | undefined => {
  const key = readKey(Keys)
  const partition = key && parsePartition(key)
  if (partition === undefined) return undefined
  if ('roomId' in partition)
    return isParticipant(key!)
      ? findLeave(partition.roomId, parseParticipantEmail(key!), OldImage, NewImage)
      : undefined
  const roomId = parseRowRoomId(key!)
  if (!isRow(key!) || !Number.isSafeInteger(roomId) || isSameInList(OldImage, NewImage))
    return undefined
  return { type: 'inbox.changed', email: partition.user, roomId, room: toRoomInList(NewImage) }
}

const readKey = (keys: ItemChange['Keys']): Key | undefined => {
  const [pk, sk] = [keys?.['pk']?.S, keys?.['sk']?.S]
  return pk === undefined || sk === undefined ? undefined : { pk, sk }
}

/** A leave through the API sets the mark. Whatever ends or overtakes such a leave removes it. */
const findLeave = (
  roomId: number,
  key: string,
  before: Image | undefined,
  after: Image | undefined,
): Change | undefined => {
  const { mark, markValue, leftAt, email } = publishedLeave
  if (after?.[mark]?.S !== markValue || before?.[mark] !== undefined) return undefined
  const occurred_at = after[leftAt]?.S
  if (occurred_at === undefined)
    throw new EventRefused(`a leave of room ${roomId} has no ${leftAt}, so it is not published`)
  const detail = { occurred_at, room_id: String(roomId), email: after[email]?.S ?? key }
  return { type: 'participant.left', detail }
}

const isSameInList = (before: Image | undefined, after: Image | undefined): boolean =>
  attributesWhileListed.every((name) => isDeepStrictEqual(before?.[name], after?.[name]))

const toRoomInList = (row: Image | undefined): RoomInList =>
  row?.['activity'] === undefined
    ? { removed: true, unread_count: 0, muted: false }
    : {
        removed: false,
        unread_count: Number(row['unread_count']?.N ?? 0),
        muted: row['muted'] !== undefined,
      }
