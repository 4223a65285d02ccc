import type { InboxRow } from '../../lib/domain/inbox-row.ts'
import { type Choose, pick } from '../model/choices.ts'
import { checkPage } from './check-page.ts'
import type { Answer, Client } from './client.ts'
import type { Departures } from './departures.ts'
import type { Findings } from './findings.ts'

const limits = [1, 3, 10, 20, 100]

/** An answer that a user keeps, as an app does. */
interface Kept {
  etag: string
  rows: InboxRow[]
}

/** Reads listings as apps do, and checks what must hold at any moment. */
export class Reader {
  readonly #client: Client
  readonly #findings: Findings
  readonly #departures: Departures
  readonly #choose: Choose
  readonly #kept = new Map<string, Kept>()
  checked = 0

  constructor(client: Client, findings: Findings, departures: Departures, choose: Choose) {
    this.#client = client
    this.#findings = findings
    this.#departures = departures
    this.#choose = choose
  }

  /** Reads a page by number, or all pages by cursor. */
  async read(user: string): Promise<void> {
    const route = pick(this.#choose, ['/chat/personal', '/chat/group'])
    const isUnread = this.#choose(3) === 0
    const limit = pick(this.#choose, limits)
    const page = this.#choose(4) + 1
    const query = `${isUnread ? 'unread=true&' : ''}limit=${limit}`
    const first = page === 1 ? `${route}?${query}` : `${route}?${query}&page=${page}`
    const followsLinks = this.#choose(3) === 0
    let path: string | undefined = first
    while (path !== undefined) {
      const answer = await this.#readPage(user, path, limit, isUnread)
      path = followsLinks && answer !== undefined ? findNext(route, answer) : undefined
    }
  }

  /** Sends the tag of the last answer, if there was one. */
  async #readPage(
    user: string,
    path: string,
    limit: number,
    isUnread: boolean,
  ): Promise<Answer | undefined> {
    const key = `${user} ${path}`
    const kept = this.#kept.get(key)
    const before = this.#departures.list(user)
    const answer = await this.#client.call({
      user,
      path,
      ...(kept && { headers: { 'if-none-match': kept.etag } }),
    })
    if (answer === undefined) return undefined
    const left = before.filter((roomId) => this.#departures.has(user, roomId))
    const rows = this.#findRows(answer, kept)
    this.#kept.set(key, { etag: answer.headers['etag']!, rows })
    this.checked += 1
    const problems = checkPage({ rows, limit, isUnread, left })
    if (answer.status === 304 && answer.headers['etag'] !== kept?.etag)
      problems.push('it is a 304 with another ETag than was sent')
    for (const problem of problems)
      this.#findings.add('listing', `${path} of ${user}: ${problem}: ${JSON.stringify(rows)}`)
    return answer
  }

  #findRows({ status, body }: Answer, kept: Kept | undefined): InboxRow[] {
    if (status === 304) return kept?.rows ?? []
    return (body as { data: { results: { rooms_info: InboxRow[] } } }).data.results.rooms_info
  }
}

/** @returns the path of the next page, undefined on the last one */
export const findNext = (route: string, { headers }: Answer): string | undefined => {
  const [, query] = /^<(\?.*)>; rel="next"$/.exec(headers['link'] ?? '') ?? []
  return query === undefined ? undefined : `${route}${query}`
}
