import type { components } from '../../docs/openapi.d.ts'

type Schemas = components['schemas']

/** A personal room or a group, as the API describes it. */
export type Room = Schemas['MixedRoom']
export type Participant = Schemas['Participant']

/** The codes of the API. A later version of it can send others: handle those by their status. */
export type ErrorCode = Schemas['InboxError']['data']['code']

/** A page of the list. */
export interface Page {
  kind: 'page'
  rooms: Room[]
  /** The number of rooms over all pages. */
  total: number
  /** For `cursor`; the last page has none. */
  nextCursor: string | undefined
  /** For `listChanges`; only a first page without filters has it. */
  syncToken: string | undefined
  /** With `unread: true`: the sum of the `unread_count` of all rooms, over all pages. */
  unreadComments: number | undefined
  /** For the next request of this page. */
  etag: string | undefined
}

/** The page still has the given `etag`. */
export interface Unchanged {
  kind: 'unchanged'
}

/** What changed since a token. Some of it may have been told before. */
export interface Changes {
  kind: 'changes'
  rooms: Room[]
  /** The ids of rooms that are not in the list any more. */
  removed: number[]
  /** For the next `listChanges`. */
  syncToken: string
}

/** The rooms that were asked for. */
export interface Rooms {
  kind: 'rooms'
  rooms: Room[]
  /** The ids of those that are not in the list. */
  removed: number[]
}

/** The user is not in the room any more. */
export interface Left {
  kind: 'left'
}

/** The copy is the whole list now. */
export interface Synced {
  kind: 'synced'
}

/** Why a request did not succeed, after all tries. */
export interface Failure {
  kind: 'failure'
  /**
   * A code of the API, or one of
   * - `gateway`: API Gateway itself refused the request or failed; see `status`
   * - `no_response`: there was no connection, no response within 15 seconds, or `getToken` threw
   * - `no_token`: `getToken` returned undefined, because nobody is signed in
   * - `aborted`: the signal was aborted, or the inbox is closed
   * - `unexpected`: something else than the API responded, such as a proxy
   */
  code: ErrorCode | 'gateway' | 'no_response' | 'no_token' | 'aborted' | 'unexpected'
  /** The status of the response; 0 if there was none. */
  status: number
  /** What was wrong, for people. */
  message: string
  /** The header `apigw-requestid`, for support. */
  requestId: string | undefined
  /** Seconds after which the API wants the request again. */
  retryAfter: number | undefined
}
