import type { Email } from '../../domain/email.ts'
import type { Item } from '../item.ts'
import {
  isComment,
  isParticipant,
  isRow,
  type Key,
  parseParticipantEmail,
  parseRoomId,
  parseRowRoomId,
  parseUserEmail,
  participantSortKey,
  userPartition,
} from '../keys.ts'
import type { Store } from '../store.ts'
import { scanSegments } from './scan-segments.ts'

/** An item of the table that belongs to a user. */
export interface Trace {
  email: Email
  kind: 'row' | 'participant' | 'comment' | 'other'
  /** Undefined for a profile and a total. */
  roomId: number | undefined
}

/** A part of the table, and what is in it. */
export interface ScannedPage {
  traces: Trace[]
  /** All items that were read. */
  items: number
  readUnits: number
}

/** DynamoDB takes at most this many values in an IN. */
export const maxEmails = 100

/**
 * Reads the whole table and finds the items of up to {@link maxEmails} users: their partitions, their participants
 * and their comments. A user can have items in rooms that the user's own partition does not name, such as a
 * comment in a room that the user never joined.
 * @param onPage is awaited before the next page of the same segment is read. All items of a room are in one
 * segment
 */
export const findTraces = async (
  store: Store,
  emails: Email[],
  onPage: (page: ScannedPage) => Promise<void>,
): Promise<void> => {
  const lists = {
    pk: emails.map((email) => userPartition(email).pk),
    sk: emails.map(participantSortKey),
    author: emails,
  }
  const values = Object.entries(lists).flatMap(([name, list]) =>
    list.map((value, index) => [`:${name}${index}`, value] as const),
  )
  const filter = Object.entries(lists)
    .map(([name, list]) => `${name} IN (${list.map((_, index) => `:${name}${index}`).join(', ')})`)
    .join(' OR ')
  await scanSegments(
    store,
    {
      ConsistentRead: true,
      FilterExpression: filter,
      ExpressionAttributeValues: Object.fromEntries(values),
      ProjectionExpression: 'pk, sk, author',
      ReturnConsumedCapacity: 'TOTAL',
    },
    async (pages) => {
      for await (const { Items, ScannedCount = 0, ConsumedCapacity } of pages)
        await onPage({
          traces: Items.map(parseTrace),
          items: ScannedCount,
          readUnits: ConsumedCapacity?.CapacityUnits ?? 0,
        })
    },
  )
}

const parseTrace = (item: Item & Key): Trace => {
  if (isComment(item))
    return { kind: 'comment', email: String(item['author']), roomId: parseRoomId(item) }
  if (isParticipant(item))
    return { kind: 'participant', email: parseParticipantEmail(item), roomId: parseRoomId(item) }
  const email = parseUserEmail(item)
  return isRow(item)
    ? { kind: 'row', email, roomId: parseRowRoomId(item) }
    : { kind: 'other', email, roomId: undefined }
}
