import type { OperationId } from '../support/api-document.ts'
import { expectDocumented } from '../support/documented.ts'
import type { Faults } from './faults.ts'
import type { Findings } from './findings.ts'
import type { Stack } from './stack.ts'
import type { Statistics } from './statistics.ts'

export interface ApiResponse {
  status: number
  headers: Record<string, string>
  body: any
}

interface Call {
  user: string
  method?: 'GET' | 'POST'
  /** With its query string. */
  path: string
  headers?: Record<string, string>
}

const operations: Record<string, OperationId> = {
  '/chat/personal': 'listPersonalChats',
  '/chat/group': 'listGroupChats',
  '/chat/all': 'listAllChats',
  '/chat/leave': 'leaveChat',
}

/** Any other status is wrong, except {@link busy} during a fault. */
const success = [200, 304]
const busy = 503
/** Tokens are valid for an hour. */
const tokenMs = 30 * 60_000

/**
 * Sends requests to the stack, notes how long they take, and checks each response against the API document. An
 * response other than a success is wrong, unless a fault could have caused it.
 */
export class Client {
  readonly #stack: Stack
  readonly #faults: Faults
  readonly #findings: Findings
  readonly #statistics: Statistics
  readonly #tokens = new Map<string, Promise<string>>()

  constructor(stack: Stack, faults: Faults, findings: Findings, statistics: Statistics) {
    this.#stack = stack
    this.#faults = faults
    this.#findings = findings
    this.#statistics = statistics
  }

  /**
   * Calls the API as a user.
   * @returns undefined if there was no success
   */
  async call({ user, method = 'GET', path, headers = {} }: Call): Promise<ApiResponse | undefined> {
    const { starts } = this.#stack
    const token = await this.#getToken(user).catch(() => undefined)
    if (token === undefined) return undefined
    const route = `${method} ${path.split('?', 1)[0]!}`
    const { response, isDisturbed } = await this.#send(route, path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
    if (response === undefined) return undefined
    // The token comes from the process that was killed.
    if (response.status === 401 && this.#stack.starts > starts) return undefined
    const id = operations[path.split('?', 1)[0]!]!
    try {
      expectDocumented(id, response)
    } catch (error) {
      this.#findings.add('response', `${method} ${path}: ${(error as Error).message}`)
      return undefined
    }
    if (success.includes(response.status)) return response
    if (!isDisturbed || response.status !== busy)
      this.#findings.add('response', `${method} ${path} of ${user}: ${JSON.stringify(response)}`)
    return undefined
  }

  /** Sends an event as the page does. @returns whether it is applied */
  async sendEvent(body: string): Promise<boolean> {
    const path = '/local/events'
    const { response, isDisturbed } = await this.#send(`POST ${path}`, path, {
      method: 'POST',
      body,
    })
    if (response === undefined) return false
    if (response.status === 200) return true
    if (!isDisturbed || response.status !== 500)
      this.#findings.add('response', `POST ${path} ${body}: ${JSON.stringify(response)}`)
    return false
  }

  async #send(
    route: string,
    path: string,
    init: RequestInit,
  ): Promise<{ response: ApiResponse | undefined; isDisturbed: boolean }> {
    const start = performance.now()
    const response = await this.#fetch(path, init).catch(() => undefined)
    const end = performance.now()
    const isDisturbed = this.#faults.overlap(start, end)
    this.#statistics.note(route, response?.status, end - start, isDisturbed)
    if (response === undefined && !isDisturbed) this.#findings.add('response', `${route}: none`)
    return { response, isDisturbed }
  }

  async #fetch(path: string, init: RequestInit): Promise<ApiResponse> {
    const response = await fetch(`${this.#stack.url}${path}`, init)
    const text = await response.text()
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: text === '' ? undefined : JSON.parse(text),
    }
  }

  /** Gets a new token after {@link tokenMs}, and after each start of the functions' process, which makes its own keys. */
  #getToken(user: string): Promise<string> {
    const key = `${this.#stack.starts} ${Math.floor(performance.now() / tokenMs)} ${user}`
    const known = this.#tokens.get(key)
    if (known) return known
    const token = this.#fetch('/local/token', {
      method: 'POST',
      body: JSON.stringify({ email: user }),
    }).then(({ body }) => (body as { token: string }).token)
    token.catch(() => this.#tokens.delete(key))
    this.#tokens.set(key, token)
    return token
  }
}
