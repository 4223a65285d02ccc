import type { ErrorCode, Failure } from './results.ts'

export interface ClientOptions {
  /** The URL of the API, such as `https://api.example.com`. */
  baseUrl: string
  /**
   * Returns the token of the user. It is called for each request, so keep the token yourself.
   * Return undefined if nobody is signed in. If it throws, such as without a network, the request is tried again.
   * @param options with `refresh: true`, the API has refused the last token: return a new one
   */
  getToken: (options: { refresh: boolean }) => string | undefined | Promise<string | undefined>
  /** In the place of the global `fetch`. */
  fetch?: typeof fetch | undefined
}

export interface Request {
  method: 'GET' | 'POST'
  /** With the query string. */
  path: string
  etag?: string | undefined
  signal?: AbortSignal | undefined
}

/** A response as it arrived. A body that is not JSON is undefined. */
export interface ReceivedResponse {
  status: number
  headers: Headers
  body: unknown
}

const responseLimitMs = 15_000
/** The longest pause before each new try. */
const pauseLimitsMs = [1000, 2000, 4000, 8000, 16_000]

const fail = (code: Failure['code'], message: string): Failure => ({
  kind: 'failure',
  code,
  status: 0,
  message,
  requestId: undefined,
  retryAfter: undefined,
})
const aborted = fail('aborted', 'The request was aborted.')
const signedOut = fail('no_token', 'Nobody is signed in.')

/**
 * Makes a function that sends requests with the token of the user. It refreshes a refused token once, and sends
 * a request again as docs/clients.md says.
 */
export const createRequest = ({ baseUrl, getToken, fetch: givenFetch }: ClientOptions) => {
  const origin = baseUrl.replace(/\/+$/, '')
  const send: typeof fetch = (...parameters) => (givenFetch ?? fetch)(...parameters)
  /** Requests that were sent with the same refused token share its renewal. */
  let renewal: { refused: string; token: Promise<string | undefined> } | undefined

  const renew = (refused: string): Promise<string | undefined> => {
    if (renewal?.refused !== refused)
      renewal = { refused, token: (async () => getToken({ refresh: true }))() }
    return renewal.token
  }

  const receive = async (request: Request, token: string): Promise<ReceivedResponse | Failure> => {
    const { method, path, etag, signal } = request
    if (signal?.aborted) return aborted
    const controller = new AbortController()
    const abort = () => {
      controller.abort()
    }
    const timer = setTimeout(abort, responseLimitMs)
    signal?.addEventListener('abort', abort)
    try {
      const response = await send(`${origin}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(etag !== undefined && { 'if-none-match': etag }),
        },
        signal: controller.signal,
      })
      const body = parse(await response.text())
      return { status: response.status, headers: response.headers, body }
    } catch {
      return signal?.aborted ? aborted : fail('no_response', 'The inbox does not respond.')
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  const receiveWithToken = async (request: Request): Promise<ReceivedResponse | Failure> => {
    try {
      const token = await getToken({ refresh: false })
      if (token === undefined) return signedOut
      const response = await receive(request, token)
      if (response.status !== 401) return response
      const renewed = await renew(token)
      if (renewed === undefined) return signedOut
      const repeated = await receive(request, renewed)
      // The new token is of no use: the next request asks for another one.
      if (repeated.status === 401) renewal = undefined
      return repeated
    } catch (error) {
      renewal = undefined
      return fail('no_response', error instanceof Error ? error.message : 'There is no token.')
    }
  }

  /**
   * @param read makes the result of a 2xx or a 304, undefined if the response is not one of the API
   * @returns the result, or the failure of the last try
   */
  return async <Result>(
    request: Request,
    read: (response: ReceivedResponse) => Result | undefined,
  ): Promise<Result | Failure> => {
    for (let tries = 0; ; tries += 1) {
      const response = request.signal?.aborted ? aborted : await receiveWithToken(request)
      const isSuccess = (response.status >= 200 && response.status < 300) || response.status === 304
      const result = 'kind' in response || !isSuccess ? undefined : read(response)
      if (result !== undefined) return result
      const failure = 'kind' in response ? response : toFailure(response)
      const limitMs = pauseLimitsMs[tries]
      if (limitMs === undefined || !canSucceedLater(failure)) return failure
      await pause((failure.retryAfter ?? 0) * 1000 + Math.random() * limitMs, request.signal)
    }
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const canSucceedLater = ({ code, status }: Failure): boolean =>
  code === 'no_response' || [429, 500, 502, 503, 504].includes(status)

const toFailure = ({ status, headers, body }: ReceivedResponse): Failure => {
  const { data, message } = (body ?? {}) as {
    data?: { code?: ErrorCode; message?: string }
    message?: string
  }
  const retryAfter = Number.parseInt(headers.get('retry-after') ?? '')
  return {
    kind: 'failure',
    code: data?.code ?? (message === undefined ? 'unexpected' : 'gateway'),
    status,
    message: data?.message ?? message ?? `The response has the status ${status}.`,
    requestId: headers.get('apigw-requestid') ?? undefined,
    retryAfter: Number.isNaN(retryAfter) ? undefined : retryAfter,
  }
}

/** Ends earlier if the signal is aborted. */
const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
  })
