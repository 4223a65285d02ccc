import type { ApiResponse } from './client.ts'

/** Gets a page of a user. @returns undefined if there was no success */
export type GetPage = (
  user: string,
  path: string,
  headers?: Record<string, string>,
) => Promise<ApiResponse | undefined>

/** Gets pages as apps do: it sends the ETag of the last response, and after a 304 it returns the page that it kept. */
export class KeptPages {
  readonly #getPage: GetPage
  readonly #kept = new Map<string, ApiResponse>()

  constructor(getPage: GetPage) {
    this.#getPage = getPage
  }

  /** @returns the page to show, with the status 200; undefined if there was no success */
  async get(user: string, path: string): Promise<ApiResponse | undefined> {
    const key = `${user} ${path}`
    const kept = this.#kept.get(key)
    const tag = kept && { 'if-none-match': kept.headers['etag']! }
    const response = await this.#getPage(user, path, tag)
    if (response?.status === 304) return kept
    if (response !== undefined) this.#kept.set(key, response)
    return response
  }
}
