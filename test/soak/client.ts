import type { OperationId } from '../support/api-document.ts'
import { expectDocumented } from '../support/documented.ts'
import type { Faults } from './faults.ts'
import type { Findings } from './findings.ts'
import type { Stack } from './stack.ts'
import type { Statistics } from './statistics.ts'

export interface Answer {
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
  '/chat/leave': 'leaveChat',
}

/** Any other status is wrong, except {@link busy} during a fault. */
const success = [200, 304]
const busy = 503
/** Tokens are valid for an hour. */
const tokenMs = 30 * 60_000

/**
 * Sends requests to the stack, notes how long they take, and checks each answer against the API document. An
 * answer other than a success is wrong, unless a fault could have caused it.
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
  async call({ user, method = 'GET', path, headers = {} }: Call): Promise<Answer | undefined> {
    const { starts } = this.#stack
    const token = await this.#getToken(user).catch(() => undefined)
    if (token === undefined) return undefined
    const route = `${method} ${path.split('?', 1)[0]!}`
    const { answer, isDisturbed } = await this.#send(route, path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
    if (answer === undefined) return undefined
    // The token comes from the process that was killed.
    if (answer.status === 401 && this.#stack.starts > starts) return undefined
    const id = operations[path.split('?', 1)[0]!]!
    try {
      expectDocumented(id, answer)
    } catch (error) {
      this.#findings.add('answer', `${method} ${path}: ${(error as Error).message}`)
      return undefined
    }
    if (success.includes(answer.status)) return answer
    if (!isDisturbed || answer.status !== busy)
      this.#findings.add('answer', `${method} ${path} of ${user}: ${JSON.stringify(answer)}`)
    return undefined
  }

  /** Sends an event as the page does. @returns whether it is applied */
  async sendEvent(body: string): Promise<boolean> {
    const path = '/local/events'
    const { answer, isDisturbed } = await this.#send(`POST ${path}`, path, { method: 'POST', body })
    if (answer === undefined) return false
    if (answer.status === 200) return true
    if (!isDisturbed || answer.status !== 500)
      this.#findings.add('answer', `POST ${path} ${body}: ${JSON.stringify(answer)}`)
    return false
  }

  async #send(
    route: string,
    path: string,
    init: RequestInit,
  ): Promise<{ answer: Answer | undefined; isDisturbed: boolean }> {
    const start = performance.now()
    const answer = await this.#fetch(path, init).catch(() => undefined)
    const end = performance.now()
    const isDisturbed = this.#faults.overlap(start, end)
    this.#statistics.note(route, answer?.status, end - start, isDisturbed)
    if (answer === undefined && !isDisturbed) this.#findings.add('answer', `${route}: none`)
    return { answer, isDisturbed }
  }

  async #fetch(path: string, init: RequestInit): Promise<Answer> {
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
