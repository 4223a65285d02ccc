import { setTimeout } from 'node:timers/promises'
import { normalizeEmail } from '../../lib/domain/email.ts'
import type { PublishedDetails } from '../../lib/domain/published.ts'
import type { Client } from './client.ts'
import type { Stack } from './stack.ts'

/** Publishing waits at most 2 s after a failure. */
const quietMs = 3000
const pollMs = 300

/** The badge of each user, from the published events alone, as a sender of pushes keeps it. */
export class Badges {
  readonly #stack: Stack
  readonly #newest = new Map<string, PublishedDetails['inbox.changed']>()
  #after = 0
  #starts = 0

  constructor(stack: Stack) {
    this.#stack = stack
  }

  /** Receives what was published since the last call. @returns how many events */
  async receive(): Promise<number> {
    const url = `${this.#stack.url}/local/published?after=${this.#after}`
    const response = await fetch(url).catch(() => undefined)
    if (!response?.ok) return 0
    const { events, message } = (await response.json()) as {
      /** Says that nothing more is published: then badges are not known any more. */
      message?: string
      events: { id: number; 'detail-type': string; detail: PublishedDetails['inbox.changed'] }[]
    }
    // A process that was killed has forgotten what it published, and the oldest of many events are not kept.
    if (this.#stack.starts !== this.#starts || (events[0]?.id ?? 0) > this.#after + 1)
      this.#newest.clear()
    this.#starts = this.#stack.starts
    for (const { id, 'detail-type': type, detail } of events) {
      this.#after = id
      const known = this.#newest.get(detail.email)
      if (type === 'inbox.changed' && (known === undefined || known.sequence <= detail.sequence))
        this.#newest.set(detail.email, detail)
    }
    if (message !== undefined) this.#newest.clear()
    return events.length
  }

  /** Waits until nothing is published any more. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < quietMs; quiet += pollMs) {
      if ((await this.receive()) > 0) quiet = 0
      await setTimeout(pollMs)
    }
  }

  /** @returns what is wrong, and undefined for a user of whom nothing was published either */
  async compare(client: Client, user: string): Promise<string | undefined> {
    const badge = this.#newest.get(normalizeEmail(user))
    const path = '/chat/all?unread=true&limit=1'
    const response = badge && (await client.call({ user, path }))
    if (response === undefined) return undefined
    const { total_room, unread_comments } = response.body.data.results.meta
    return total_room === badge?.unread_rooms && unread_comments === badge?.unread_comments
      ? undefined
      : `the badge of ${user} is ${JSON.stringify(badge)}, and the list has ${total_room} unread rooms with ${unread_comments} comments`
  }

  /** Whether something was published of the user since the process of the functions was started. */
  has(user: string): boolean {
    return this.#newest.has(normalizeEmail(user))
  }
}
