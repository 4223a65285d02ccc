import type { Email } from '../domain/email.ts'
import { InboxError, quote } from '../domain/errors.ts'
import { makeJsonResponse, noStore } from './response.ts'
import type { ApiEvent } from './api-event.ts'
import { makeHandler } from './handler.ts'
import type { Identity } from './caller.ts'
import { parseWholeNumber } from './parameters.ts'

const maxBodyBytes = 1024

/** The endpoint for leaving a room. */
export const makeLeaveHandler = (
  identity: Identity,
  leaveRoom: (leave: { caller: Email; roomId: number }, signal: AbortSignal) => Promise<void>,
) =>
  makeHandler(identity, async (event, caller, signal) => {
    await leaveRoom({ caller, roomId: readRoomId(event) }, signal)
    return makeJsonResponse(200, { error: false }, noStore)
  })

/** Reads the room's id from the query string, the body, or both if they agree. */
const readRoomId = (event: ApiEvent): number => {
  const inBody = readBodyRoomId(event)
  const given = [event.queryStringParameters?.['room_id'], inBody]
    .filter((value) => value !== undefined)
    .map((value) => parseWholeNumber('room_id', value, Number.MAX_SAFE_INTEGER))
  const [roomId, other = roomId] = given
  if (roomId === undefined)
    throw new InboxError(
      'invalid_room_id',
      'room_id is missing: send ?room_id=… with the room to leave',
    )
  if (roomId !== other)
    throw new InboxError(
      'invalid_room_id',
      `room_id is ${roomId} in the query string and ${other} in the body: send one of them`,
    )
  return roomId
}

/** HTTP APIs pass every body except text and JSON as base64. An empty body counts as no body, whatever its content type. */
const readBodyRoomId = ({ body = '', isBase64Encoded, headers }: ApiEvent): string | undefined => {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length === 0) return undefined
  if (bytes.length > maxBodyBytes)
    throw new InboxError(
      'invalid_body',
      `the body has ${bytes.length} bytes: send at most ${maxBodyBytes}`,
    )
  const [type = ''] = (headers['content-type'] ?? '').split(';')
  const read = readers.get(type.trim().toLowerCase())
  if (read === undefined)
    throw new InboxError(
      'invalid_body',
      `the body's content type is ${quote(type)}: send ${[...readers.keys()].join(' or ')}, or no body`,
    )
  return read(decode(bytes))
}

const decode = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new InboxError('invalid_body', 'the body is not UTF-8: send it in UTF-8', { cause })
  }
}

const parseJsonRoomId = (text: string): string | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new InboxError('invalid_body', 'the body is not JSON: send {"room_id": …}', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InboxError('invalid_body', `the body is ${quote(text)}: send {"room_id": …}`)
  refuseOtherFields(Object.keys(value))
  // JSON.parse keeps the last of two fields with the same name. Names can be escaped, so count all of them.
  if ((text.match(/"(?:[^"\\]|\\.)*"\s*:/g) ?? []).length > 1)
    throw new InboxError('invalid_room_id', 'room_id is given twice in the body: send one of them')
  const { room_id } = value as { room_id?: unknown }
  if (room_id === undefined) return undefined
  return typeof room_id === 'string' || typeof room_id === 'number'
    ? String(room_id)
    : JSON.stringify(room_id)
}

const parseFormRoomId = (text: string): string | undefined => {
  const fields = new URLSearchParams(text)
  refuseOtherFields([...fields.keys()])
  return fields.has('room_id') ? fields.getAll('room_id').join() : undefined
}

const refuseOtherFields = (names: string[]): void => {
  const other = names.find((name) => name !== 'room_id')
  if (other !== undefined)
    throw new InboxError('invalid_body', `the body has a field ${quote(other)}: send room_id alone`)
}

const readers: ReadonlyMap<string, (text: string) => string | undefined> = new Map([
  ['application/json', parseJsonRoomId],
  ['application/x-www-form-urlencoded', parseFormRoomId],
])
