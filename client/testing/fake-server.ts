import type { Room } from '../src/results.ts'
import { errors, type Fixture, gatewayErrors, left, makeListing, unchanged } from './fixtures.ts'

export interface FakeServer {
  /** The rooms of the user, in any order. Change the list, or put another in its place, at any time. */
  rooms: Room[]
  /** Responses to the next requests, in the place of its own: the first is sent first, and once. */
  nextResponses: Fixture[]
  /** For `createClient`. */
  fetch: typeof fetch
}

/** Tokens of one server are unknown to another, as those of another user are. */
let tokenCount = 0

/**
 * Makes the API of one user in memory: `GET /chat/all` and `POST /chat/leave`, with any token. Of the parameters, it
 * checks `limit` and `page` only: for other errors, use `nextResponses`.
 */
export const createFakeServer = (rooms: Room[] = []): FakeServer => {
  /** The rooms when each token was made, as JSON by their ids. */
  const listsByToken = new Map<string, Map<number, string>>()
  const pages: string[] = []
  const leftRooms = new Set<number>()

  const makeToken = (): string => {
    const token = `token-${(tokenCount += 1)}`
    listsByToken.set(token, new Map(server.rooms.map((room) => [room.room_id, toText(room)])))
    return token
  }
  const isMissing = (id: number): boolean => !server.rooms.some(({ room_id }) => room_id === id)

  const listPage = (query: Record<string, string>, etag: string | null): Fixture => {
    const { cursor, page = 1, limit = 20, unread, archived, pinned } = query
    if (!(Number(limit) >= 1)) return errors.invalid_limit
    if (!(Number(page) >= 1)) return errors.invalid_page
    const all = server.rooms.filter((room) => matches(room, query)).sort(compareRooms)
    const behind = all.filter((room) => cursor === undefined || toKey(room) < cursor)
    const end = Number(page) * Number(limit)
    const shown = behind.slice(end - Number(limit), end)
    const unread_comments = all.reduce((sum, { unread_count }) => sum + unread_count, 0)
    const meta = {
      current_page: Number(page),
      total_room: all.length,
      ...(behind.length > end && { next_cursor: toKey(shown.at(-1)!) }),
      ...(unread === 'true' && { unread_comments }),
    }
    const isFirst = Number(page) === 1 && (cursor ?? unread ?? archived ?? pinned) === undefined
    const text = toText([shown, meta])
    if (!pages.includes(text)) pages.push(text)
    const newEtag = `"${pages.indexOf(text)}"`
    if (etag === newEtag) return { ...unchanged, headers: { ...unchanged.headers, etag } }
    return makeListing(shown, { ...meta, ...(isFirst && { sync_token: makeToken() }) }, newEtag)
  }

  const listChanges = (since: string): Fixture => {
    const before = listsByToken.get(since)
    if (before === undefined) return errors.sync_expired
    const changed = server.rooms.filter((room) => before.get(room.room_id) !== toText(room))
    const removed_rooms = [...before.keys()].filter(isMissing)
    const meta = { total_room: server.rooms.length, removed_rooms, sync_token: makeToken() }
    return makeListing(changed.sort(compareRooms), meta)
  }

  const findRooms = (ids: number[]): Fixture => {
    const found = server.rooms.filter(({ room_id }) => ids.includes(room_id))
    return makeListing(found.sort(compareRooms), { removed_rooms: ids.filter(isMissing) })
  }

  const leave = (id: number): Fixture => {
    if (isMissing(id)) return leftRooms.has(id) ? left : errors.room_not_found
    leftRooms.add(id)
    server.rooms = server.rooms.filter(({ room_id }) => room_id !== id)
    return left
  }

  const respond = (url: URL, headers: Headers): Fixture => {
    const query = Object.fromEntries(url.searchParams)
    const { since, room_id } = query
    if (!headers.has('authorization')) return gatewayErrors.unauthorized
    if (url.pathname.endsWith('/chat/leave')) return leave(Number(room_id))
    if (since !== undefined) return listChanges(since)
    if (room_id !== undefined) return findRooms(room_id.split(',').map(Number))
    return listPage(query, headers.get('if-none-match'))
  }

  const server: FakeServer = {
    rooms,
    nextResponses: [],
    fetch: async (input, init) => {
      const { url, headers: sent } = new Request(input, init)
      const { status, headers, body } = server.nextResponses.shift() ?? respond(new URL(url), sent)
      return Promise.resolve(new Response(body && toText(body), { status, headers }))
    },
  }
  return server
}

const toText = (value: object): string => JSON.stringify(value)

const matches = (room: Room, { unread, archived, pinned }: Record<string, string>): boolean => {
  const isUnread = (room.unread_count > 0 || room.marked_unread) && !room.muted && !room.archived
  return (
    (unread !== 'true' || isUnread) &&
    [undefined, String(room.archived)].includes(archived) &&
    [undefined, String(room.pinned)].includes(pinned)
  )
}

/** Where a room stands in the list: texts that compare as their numbers do. */
const toKey = ({ last_comment_timestamp, last_comment_id, room_id }: Room): string =>
  [Date.parse(last_comment_timestamp), last_comment_id, room_id]
    .map((number) => String(number).padStart(16, '0'))
    .join('_')

const compareRooms = (a: Room, b: Room): number => (toKey(a) < toKey(b) ? 1 : -1)
