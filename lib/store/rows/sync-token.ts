import { hash } from 'node:crypto'
import type { Email } from '../../domain/email.ts'
import { InboxError, quote } from '../../domain/errors.ts'
import { type RoomType, roomTypes } from '../../domain/room-type.ts'
import type { Store } from '../store.ts'

const version = 1
const maxLength = 128

/**
 * A row has the stamp of its writer's clock, and is stored later than that: at most 60 s, because then the time of a
 * function is up. Clocks differ by less than 30 s, so a token asks for everything from 120 s before it was made. What
 * was read already is returned again, which changes nothing in a copy.
 */
export const overlapMs = 120_000

/** An older token is refused: a copy that old is better loaded again. */
const maxAgeMs = 30 * 86_400_000

/** The ids of the caller's totals. A total that is not stored has none. */
export type TotalIds = Partial<Record<RoomType, string>>

/** Stands for the id of a total that was stored before totals had ids. A new total never has it. */
export const noTotalId = '-'

/** No total has this id, so the next read refuses the token. */
const refusedId = '?'

/** What a token says of the read that it was made for. */
interface SyncPoint {
  /** Rows that were stamped from here on may be new, in milliseconds since the epoch. */
  moment: number
  totalIds: TotalIds
}

/** The read that a token is made for. */
interface Read {
  /** The time before it, in milliseconds since the epoch. */
  startedAt: number
  /** They must be read before the rows: rows that were erased in between would not be missed. */
  totalIds: TotalIds
  hasRows: boolean
}

/**
 * Makes the token that finds what changes from a read on. It belongs to one caller and one table: another user of the
 * same phone, and an inbox that was restored to another table, must load the list again. So must a caller whose first
 * room appeared during the read: without a total, nothing would show that it is erased.
 */
export const makeSyncToken = (
  store: Store,
  caller: Email,
  { startedAt, totalIds, hasRows }: Read,
): string => {
  const isIncomplete = hasRows && Object.keys(totalIds).length === 0
  return encode(store, caller, {
    moment: startedAt - overlapMs,
    totalIds: isIncomplete ? { single: refusedId } : totalIds,
  })
}

/**
 * Refuses to go on from a read if the caller's inbox was erased since then: the rows that were deleted have left no
 * trace, but the totals were deleted after them.
 * @throws InboxError `sync_expired`
 */
export const refuseErased = ({ totalIds }: SyncPoint, found: TotalIds): void => {
  if (roomTypes.some((type) => totalIds[type] !== undefined && totalIds[type] !== found[type]))
    throw makeSyncExpired()
}

/** @throws InboxError `invalid_since`, `sync_expired` */
export const readSyncToken = (store: Store, caller: Email, token: string): SyncPoint => {
  const point = token.length <= maxLength ? parse(token) : undefined
  if (point === undefined)
    throw new InboxError(
      'invalid_since',
      `since ${quote(token)} is not valid: send it exactly as in the sync_token of a response of this list`,
    )
  const isTooOld = point.moment + overlapMs < store.now() - maxAgeMs
  if (isTooOld || encode(store, caller, point) !== token) throw makeSyncExpired()
  return point
}

export const makeSyncExpired = (): InboxError =>
  new InboxError(
    'sync_expired',
    'what changed since this token is not known any more: load the list again from its first page, and replace your copy',
  )

const encode = ({ tableName }: Store, caller: Email, { moment, totalIds }: SyncPoint): string => {
  const owner = hash('sha256', `${tableName}\n${caller}`, 'base64url').slice(0, 8)
  const ids = roomTypes.map((type) => totalIds[type] ?? '')
  return Buffer.from(JSON.stringify([version, moment, owner, ...ids])).toString('base64url')
}

const parse = (token: string): SyncPoint | undefined => {
  const bytes = Buffer.from(token, 'base64url')
  // Node skips characters that are not base64url.
  if (bytes.toString('base64url') !== token) return undefined
  try {
    const fields: unknown = JSON.parse(bytes.toString())
    if (!Array.isArray(fields) || fields[0] !== version || !Number.isSafeInteger(fields[1]))
      return undefined
    const [, moment, , single, group] = fields as [number, number, ...unknown[]]
    return { moment, totalIds: { ...readId('single', single), ...readId('group', group) } }
  } catch {
    return undefined
  }
}

const readId = (type: RoomType, id: unknown): TotalIds =>
  typeof id === 'string' && id !== '' ? { [type]: id } : {}
