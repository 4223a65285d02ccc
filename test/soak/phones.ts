import { createClient, createInbox, type Inbox } from '../../client/src/index.ts'
import { checkCopy } from './check-listings.ts'
import type { Client } from './client.ts'
import type { Oracle } from './oracle.ts'

/** A phone for each user, on which the client package keeps a copy of the list. */
export class Phones {
  readonly #client: Client
  readonly #inboxes = new Map<string, Inbox>()

  constructor(client: Client) {
    this.#client = client
  }

  /** Brings the copy up to date. It may fail during a fault. */
  async sync(user: string): Promise<void> {
    await this.#open(user).sync()
  }

  /** @returns what is wrong with the copy once everything is applied */
  async compare(oracle: Oracle, user: string): Promise<string | undefined> {
    const inbox = this.#open(user)
    const result = await inbox.sync()
    return result.kind === 'failure'
      ? `the copy of ${user} cannot be brought up to date: ${result.message}`
      : checkCopy(oracle, user, inbox.getSnapshot().rooms)
  }

  #open(user: string): Inbox {
    const known = this.#inboxes.get(user)
    if (known) return known
    const send = async (url: string): Promise<Response> => {
      const { pathname, search } = new URL(url)
      const response = await this.#client.call({ user, path: `${pathname}${search}` })
      if (response === undefined) return new Response(undefined, { status: 503 })
      return Response.json(response.body, { headers: response.headers })
    }
    const inbox = createInbox({
      client: createClient({
        // The client of the soak knows where the stack is, and has the tokens.
        baseUrl: 'https://api.example.com',
        getToken: () => user,
        fetch: send as typeof fetch,
      }),
    })
    this.#inboxes.set(user, inbox)
    return inbox
  }
}
