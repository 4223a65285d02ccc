/** What only the server of `npm start` has: sample users, tokens for any address, and events to and from it. */

import type { PublishedEvent } from './published.ts'

const timeoutMs = 15_000

/** Addresses of users to try the page with. */
export const fetchSampleUsers = async (): Promise<string[]> =>
  (await ask('/local/sample-users')) as string[]

export const fetchToken = async (email: string): Promise<string> =>
  ((await ask('/local/token', { email })) as { token: string }).token

export interface ChatEvent {
  'detail-type': string
  detail: Record<string, unknown>
}

/**
 * Applies an event, or each of a list, as the queue does.
 * @throws Error with the reason if one is refused
 */
export const sendEvent = async (event: ChatEvent | ChatEvent[]): Promise<void> => {
  await ask('/local/events', event)
}

interface Published {
  /** The newest last. */
  events: PublishedEvent[]
  /** Why no more events come, if none do. */
  message?: string
}

/** The newest events that the server published, of those after one with this id; 0 for all. */
export const fetchPublished = async (after: number): Promise<Published> =>
  (await ask(`/local/published?after=${after}`)) as Published

/** @throws Error with what to tell the user */
const ask = async (path: string, body?: object): Promise<unknown> => {
  const response = await fetch(path, {
    signal: AbortSignal.timeout(timeoutMs),
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('The server does not respond.')
  })
  const answer = (await response.json()) as { message?: string }
  if (!response.ok)
    throw new Error(answer.message ?? `The response has the status ${response.status}.`)
  return answer
}
