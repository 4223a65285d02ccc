import { type Choose, pick } from '../model/choices.ts'
import { checkPage, type ShownPage } from './check-page.ts'
import type { ApiResponse } from './client.ts'
import type { Departures } from './departures.ts'
import type { Findings } from './findings.ts'
import type { KeptPages } from './kept-pages.ts'

/** They include the limits of check-listings.ts, so that the pages of these are kept too. */
const limits = [1, 5, 7, 20, 100]

/** Reads listings as apps do, and checks what must hold at any moment. */
export class Reader {
  readonly #pages: KeptPages
  readonly #findings: Findings
  readonly #departures: Departures
  readonly #choose: Choose
  checked = 0

  constructor(pages: KeptPages, findings: Findings, departures: Departures, choose: Choose) {
    this.#pages = pages
    this.#findings = findings
    this.#departures = departures
    this.#choose = choose
  }

  /** Reads a page by number, or all pages by cursor. */
  async read(user: string): Promise<void> {
    const route = pick(this.#choose, ['/chat/personal', '/chat/group', '/chat/all'])
    const isUnread = this.#choose(3) === 0
    const limit = pick(this.#choose, limits)
    const page = this.#choose(4) + 1
    const query = `${isUnread ? 'unread=true&' : ''}limit=${limit}`
    const first = page === 1 ? `${route}?${query}` : `${route}?${query}&page=${page}`
    const followsLinks = this.#choose(3) === 0
    let path: string | undefined = first
    while (path !== undefined) {
      const response = await this.#readPage(user, path, limit, isUnread)
      path = followsLinks && response !== undefined ? findNext(route, response) : undefined
    }
  }

  async #readPage(
    user: string,
    path: string,
    limit: number,
    isUnread: boolean,
  ): Promise<ApiResponse | undefined> {
    const before = this.#departures.list(user)
    const response = await this.#pages.get(user, path)
    if (response === undefined) return undefined
    const left = before.filter((roomId) => this.#departures.has(user, roomId))
    const rows = response.body.data.results.rooms_info as ShownPage['rows']
    this.checked += 1
    for (const problem of checkPage({ rows, limit, isUnread, left }))
      this.#findings.add('listing', `${path} of ${user}: ${problem}: ${JSON.stringify(rows)}`)
    return response
  }
}

/** @returns the path of the next page, undefined on the last one */
export const findNext = (route: string, { headers }: ApiResponse): string | undefined => {
  const [, query] = /^<(\?.*)>; rel="next"$/.exec(headers['link'] ?? '') ?? []
  return query === undefined ? undefined : `${route}${query}`
}
