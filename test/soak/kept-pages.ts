import type { Answer } from './client.ts'

/** Gets a page of a user. @returns undefined if there was no success */
export type GetPage = (
  user: string,
  path: string,
  headers?: Record<string, string>,
) => Promise<Answer | undefined>

/** Gets pages as apps do: it sends the ETag of the last answer, and after a 304 it returns the page that it kept. */
export class KeptPages {
  readonly #getPage: GetPage
  readonly #kept = new Map<string, Answer>()

  constructor(getPage: GetPage) {
    this.#getPage = getPage
  }

  /** @returns the page to show, with the status 200; undefined if there was no success */
  async get(user: string, path: string): Promise<Answer | undefined> {
    const key = `${user} ${path}`
    const kept = this.#kept.get(key)
    const tag = kept && { 'if-none-match': kept.headers['etag']! }
    const answer = await this.#getPage(user, path, tag)
    if (answer?.status === 304) return kept
    if (answer !== undefined) this.#kept.set(key, answer)
    return answer
  }
}
