import type { components } from '../../docs/openapi.d.ts'
import type { ErrorCode, Room } from '../src/results.ts'

type Meta = components['schemas']['MixedPageMeta']
type ErrorBody = components['schemas']['InboxError'] | components['schemas']['GatewayError']
type Body = components['schemas']['MixedListing'] | components['schemas']['LeaveResult'] | ErrorBody

/** A response of the API. The names of headers are in lower case. */
export interface Fixture {
  status: number
  headers: Record<string, string>
  body?: Body
}

const requestId = { 'apigw-requestid': 'JKJaXmPLvHcESHA=' }
const json = { 'content-type': 'application/json; charset=utf-8' }
const ofList = { 'cache-control': 'private, no-cache', vary: 'Accept-Encoding, Authorization' }
const noStore = { 'cache-control': 'no-store' }

/** Makes a group without comments, with these fields in the place of its own. */
export const makeRoom = (fields: Partial<Room> & { room_id: number }): Room => ({
  last_comment_id: 0,
  last_comment_message: '',
  last_comment_timestamp: '2026-01-05T09:00:00Z',
  room_avatar_url: '',
  room_name: `Room ${fields.room_id}`,
  room_type: 'group',
  unread_count: 0,
  last_comment_email: '',
  last_comment_username: '',
  last_comment_read_id: 0,
  muted: false,
  pinned: false,
  archived: false,
  marked_unread: false,
  ...fields,
})

/** Makes a response of `GET /chat/all`. */
export const makeListing = (rooms: Room[], meta: Partial<Meta> = {}, etag = '"1"'): Fixture => ({
  status: 200,
  headers: { ...json, ...ofList, ...requestId, etag },
  body: {
    error: false,
    data: {
      results: {
        meta: { current_page: 1, total_room: rooms.length, ...meta },
        rooms_info: rooms,
      },
      status: 200,
    },
  },
})

/** A user without any room. */
export const emptyList: Fixture = makeListing([], { sync_token: 'token-1' })

/** A personal room whose other member has left: it keeps the name, and only the user is in it. */
export const abandonedChat: Room = makeRoom({
  room_id: 31384,
  room_type: 'single',
  room_name: 'John doe',
  participants: [
    {
      avatar_url: '',
      email: 'arizal@example.com',
      id: 134024,
      last_comment_read_id: 661714,
      last_comment_received_id: 0,
      username: 'Arizal',
    },
  ],
  last_comment_id: 661714,
  last_comment_message: 'Ohayo',
  last_comment_email: 'john.doe@example.com',
  last_comment_username: 'John doe',
  last_comment_read_id: 661714,
})

/** A group with more unread comments than are counted: 999 stands for any higher number. */
export const busyRoom: Room = makeRoom({
  room_id: 32898,
  last_comment_id: 662800,
  last_comment_message: 'See you at the station',
  last_comment_email: 'john.doe@example.com',
  last_comment_username: 'John doe',
  last_comment_read_id: 661702,
  unread_count: 999,
})

/** The last of two pages: it has neither `next_cursor` nor `sync_token`. */
export const lastPage: Fixture = makeListing([abandonedChat], { current_page: 2, total_room: 21 })

/** The response to `If-None-Match` with the current `ETag`. */
export const unchanged: Fixture = { status: 304, headers: { ...ofList, ...requestId, etag: '"1"' } }

/** The response to a leave. */
export const left: Fixture = {
  status: 200,
  headers: { ...json, ...noStore, ...requestId },
  body: { error: false },
}

const makeError = (
  status: number,
  code: ErrorCode,
  message: string,
  headers: Record<string, string> = {},
): Fixture => ({
  status,
  headers: { ...json, ...noStore, ...requestId, ...headers },
  body: { error: true, data: { code, message, status } },
})

/** An error of each code of the API. */
export const errors: Record<ErrorCode, Fixture> = {
  invalid_page: makeError(
    400,
    'invalid_page',
    'page is "0": send one whole number from 1 to 2000, in plain digits',
  ),
  invalid_limit: makeError(
    400,
    'invalid_limit',
    'limit is "101": send one whole number from 1 to 100, in plain digits',
  ),
  invalid_cursor: makeError(
    400,
    'invalid_cursor',
    'cursor "abc" is not valid for this listing: send it exactly as the page before gave it, in next_cursor or the Link header, with the same filters, or leave it out to start at the first page',
  ),
  invalid_unread: makeError(
    400,
    'invalid_unread',
    'unread is "yes": send it once, as true (only rooms with unread comments) or false (all rooms)',
  ),
  invalid_archived: makeError(
    400,
    'invalid_archived',
    'archived is "yes": send it once, as true (only archived rooms) or false (only the others)',
  ),
  invalid_pinned: makeError(
    400,
    'invalid_pinned',
    'pinned is "yes": send it once, as true (only pinned rooms) or false (only the others)',
  ),
  invalid_since: makeError(
    400,
    'invalid_since',
    'since "abc" is not valid: send it exactly as in the sync_token of a response of this list',
  ),
  invalid_room_id: makeError(
    400,
    'invalid_room_id',
    'room_id has "abc": send 1 to 100 whole numbers from 1 to 9007199254740991, in plain digits, separated by commas',
  ),
  invalid_body: makeError(400, 'invalid_body', 'the body is not JSON: send {"room_id": …}'),
  forbidden: makeError(
    403,
    'forbidden',
    'the token carries no usable "email" claim: send one that does (with Cognito, send the ID token: access tokens carry no address)',
  ),
  room_not_found: makeError(
    404,
    'room_not_found',
    'you are in no room 5: take the room_id from your list of rooms',
  ),
  sync_expired: makeError(
    410,
    'sync_expired',
    'what changed since this token is not known any more: load the list again from its first page, and replace your copy',
  ),
  internal: makeError(
    500,
    'internal',
    'something went wrong on our side: send the request again, and report the time if it fails again',
  ),
  unavailable: makeError(
    503,
    'unavailable',
    'the chat inbox cannot be reached for the moment: send the request again',
    { 'retry-after': '1' },
  ),
}

const makeGatewayError = (status: number, message: string): Fixture => ({
  status,
  headers: { 'content-type': 'application/json', ...requestId },
  body: { message },
})

/** Errors of API Gateway itself, which have no code. */
export const gatewayErrors = {
  unauthorized: {
    status: 401,
    headers: {
      ...requestId,
      'www-authenticate':
        'Bearer scope="" error="invalid_token" error_description="the token has expired"',
    },
    body: { message: 'Unauthorized' },
  },
  tooManyRequests: makeGatewayError(429, 'Too Many Requests'),
  internal: makeGatewayError(500, 'Internal Server Error'),
  unavailable: makeGatewayError(503, 'Service Unavailable'),
} satisfies Record<string, Fixture>
