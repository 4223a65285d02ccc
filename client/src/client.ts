import type { components } from '../../docs/openapi.d.ts'
import { type ClientOptions, createRequest, type Request } from './request.ts'
import type { Changes, Failure, Left, Page, Rooms, Unchanged } from './results.ts'

/** Which page of the list, and which rooms it has. */
export interface ListQuery {
  /** The number of the page, from 1; in the place of `cursor`. */
  page?: number | undefined
  /** Rooms per page, 1 to 100; 20 without it. */
  limit?: number | undefined
  /** The `nextCursor` of the page before. Repeat the other parameters. */
  cursor?: string | undefined
  /** `true`: only rooms with unread comments or marked as unread, without muted and archived ones. */
  unread?: boolean | undefined
  /** `true`: only archived rooms; `false`: only the others. */
  archived?: boolean | undefined
  /** `true`: only pinned rooms; `false`: only the others. */
  pinned?: boolean | undefined
}

type Listing = components['schemas']['MixedListing']

/**
 * The requests of the API. None of them throws: what went wrong is a `Failure`. A refused token is refreshed
 * once, and a request that can succeed later is sent up to five more times, which takes up to 31 seconds of pauses.
 */
export interface Client {
  /** Reads a page. With the `etag` of an earlier response, it is `Unchanged` if it is still the same. */
  listRooms: {
    (
      query: ListQuery & { etag: string | undefined },
      signal?: AbortSignal,
    ): Promise<Page | Unchanged | Failure>
    (query?: ListQuery, signal?: AbortSignal): Promise<Page | Failure>
  }
  /**
   * Reads what changed since a token, all in one response. After the failure `sync_expired`, read all pages again.
   * @param syncToken of a first page, or of the changes before
   */
  listChanges: (syncToken: string, signal?: AbortSignal) => Promise<Changes | Failure>
  /** @param roomIds 1 to 100 different ids */
  findRooms: (roomIds: number[], signal?: AbortSignal) => Promise<Rooms | Failure>
  /** Takes the user out of a room. Leaving again succeeds again. */
  leaveRoom: (roomId: number, signal?: AbortSignal) => Promise<Left | Failure>
}

/** Makes a client of the API for the user of the token. */
export const createClient = (options: ClientOptions): Client => {
  const request = createRequest(options)

  function listRooms(
    query: ListQuery & { etag: string | undefined },
    signal?: AbortSignal,
  ): Promise<Page | Unchanged | Failure>
  function listRooms(query?: ListQuery, signal?: AbortSignal): Promise<Page | Failure>
  function listRooms(
    { etag, ...query }: ListQuery & { etag?: string | undefined } = {},
    signal?: AbortSignal,
  ): Promise<Page | Unchanged | Failure> {
    return request<Page | Unchanged>(
      { ...makeListRequest(query), etag, signal },
      ({ status, headers, body }) => {
        if (status === 304 && etag !== undefined) return { kind: 'unchanged' }
        if (!isListing(body)) return undefined
        const { meta, rooms_info } = body.data.results
        return {
          kind: 'page',
          rooms: rooms_info,
          total: meta.total_room,
          nextCursor: meta.next_cursor,
          syncToken: meta.sync_token,
          unreadComments: meta.unread_comments,
          etag: headers.get('etag') ?? undefined,
        }
      },
    )
  }

  return {
    listRooms,
    listChanges: (since, signal) =>
      request<Changes>({ ...makeListRequest({ since }), signal }, ({ body }) => {
        if (!isListing(body)) return undefined
        const { meta, rooms_info } = body.data.results
        if (meta.sync_token === undefined) return undefined
        return {
          kind: 'changes',
          rooms: rooms_info,
          removed: meta.removed_rooms ?? [],
          syncToken: meta.sync_token,
        }
      }),
    findRooms: (roomIds, signal) =>
      request<Rooms>({ ...makeListRequest({ room_id: roomIds.join() }), signal }, ({ body }) => {
        if (!isListing(body)) return undefined
        const { meta, rooms_info } = body.data.results
        return { kind: 'rooms', rooms: rooms_info, removed: meta.removed_rooms ?? [] }
      }),
    leaveRoom: (roomId, signal) =>
      request<Left>(
        { method: 'POST', path: `/chat/leave?room_id=${roomId}`, signal },
        ({ body }) => (isObject(body) && body['error'] === false ? { kind: 'left' } : undefined),
      ),
  }
}

const makeListRequest = (query: ListQuery & { since?: string; room_id?: string }): Request => {
  const parameters = Object.entries(query)
    .filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return {
    method: 'GET',
    path: parameters.length === 0 ? '/chat/all' : `/chat/all?${parameters.join('&')}`,
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Something else than the API can respond with a 200, such as the sign-in page of a hotel's network. */
const isListing = (body: unknown): body is Listing => {
  const data = isObject(body) && body['data']
  const results = isObject(data) && data['results']
  return isObject(results) && isObject(results['meta']) && Array.isArray(results['rooms_info'])
}
