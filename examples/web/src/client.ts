import createClient from 'openapi-fetch'
import type { components, paths } from '../../../docs/openapi.d.ts'
import type { Listing, Page, PageQuery } from './pages.ts'

/** An answer of the API that the page cannot go on with. */
export class Failure extends Error {
  /** 0 if there was no answer. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const timeoutMs = 15_000

/** @throws Failure if nothing answers within the time limit */
const fetchInTime = async (request: Request): Promise<Response> => {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(timeoutMs) })
  } catch {
    throw new Failure(0, 'The server does not answer.')
  }
}

const api = createClient<paths>({ baseUrl: location.origin, fetch: fetchInTime })

const authorize = (token: string) => ({ authorization: `Bearer ${token}` })
const ifChanged = (etag: string | undefined) =>
  etag === undefined ? {} : { 'If-None-Match': etag }

/**
 * @param etag of the page as it is known
 * @returns undefined if the page is still the same
 */
export const fetchPage = async (
  token: string,
  listing: Listing,
  query: PageQuery,
  etag?: string,
): Promise<Page | undefined> => {
  const { data, error, response } = await api.GET(`/chat/${listing}`, {
    params: { query, header: ifChanged(etag) },
    headers: authorize(token),
  })
  if (response.status === 304) return undefined
  if (data === undefined) throw toFailure(response, error)
  const { meta, rooms_info } = data.data.results
  return {
    rooms: rooms_info,
    total: meta.total_room,
    next: readNext(response),
    etag: response.headers.get('etag') ?? '',
  }
}

export interface Unread {
  comments: number
  etag: string
}

/** @returns the unread comments of all rooms that are not muted; undefined if they are still the same */
export const fetchUnread = async (
  token: string,
  listing: Listing,
  etag?: string,
): Promise<Unread | undefined> => {
  const { error, response } = await api.GET(`/chat/${listing}`, {
    params: { query: { unread: true, limit: 1 }, header: ifChanged(etag) },
    headers: authorize(token),
  })
  if (response.status === 304) return undefined
  if (!response.ok) throw toFailure(response, error)
  return {
    comments: Number(response.headers.get('unread-comments')),
    etag: response.headers.get('etag') ?? '',
  }
}

export const leaveRoom = async (token: string, room_id: number): Promise<void> => {
  const { error, response } = await api.POST('/chat/leave', {
    params: { query: { room_id } },
    headers: authorize(token),
  })
  if (!response.ok) throw toFailure(response, error)
}

/** Addresses of users to try the pages with. They begin with the first. */
export type SampleUsers = [string, ...string[]]

/** Only the server of `npm start` has sample users. */
export const fetchSampleUsers = async (): Promise<SampleUsers> =>
  (await readAnswer(await fetchInTime(new Request('/local/sample-users')))) as SampleUsers

/** Only the server of `npm start` issues tokens. */
export const fetchToken = async (email: string): Promise<string> =>
  ((await post('/local/token', { email })) as { token: string }).token

export interface ChatEvent {
  'detail-type': string
  detail: Record<string, unknown>
}

/**
 * Applies an event as the queue does. Only the server of `npm start` takes events.
 * @param event as JSON
 * @throws Failure with the reason if the event is refused
 */
export const sendEvent = async (event: unknown): Promise<void> => {
  await post('/local/events', event)
}

const post = async (path: string, body: unknown): Promise<unknown> =>
  readAnswer(await fetchInTime(new Request(path, { method: 'POST', body: JSON.stringify(body) })))

/** @throws Failure if the server refuses */
const readAnswer = async (response: Response): Promise<unknown> => {
  const answer = (await response.json()) as { message?: string }
  if (!response.ok) throw toFailure(response, answer)
  return answer
}

type ErrorBody = components['schemas']['InboxError'] | { message?: string } | undefined

const toFailure = ({ status }: Response, body: ErrorBody): Failure => {
  const message = body && 'data' in body ? body.data.message : body?.message
  return new Failure(status, message ?? `The server answered ${status}.`)
}

/** The link is relative to the URL of the request. */
const readNext = ({ headers, url }: Response): PageQuery | undefined => {
  const [, link] = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '') ?? []
  if (link === undefined) return undefined
  const query = new URL(link, url).searchParams
  return { limit: Number(query.get('limit')), cursor: query.get('cursor') ?? '' }
}
