import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type { Email } from '../domain/email.ts'
import { InboxError } from '../domain/errors.ts'
import type { ApiResponse } from './response.ts'
import { type ApiEvent, findMistake } from './api-event.ts'
import { identifyCaller, type Identity } from './caller.ts'
import { compress } from './compress.ts'
import { revalidate } from './revalidate.ts'
import { makeErrorResponse, toInboxError } from './errors.ts'
import { logMistake, logRequest } from './log.ts'

/** The caller gets a response at the latest when this much of the function's time limit is left. */
const reserveMs = 2000

interface Stopwatch {
  startedAt: number
}

/**
 * Wraps an endpoint: identifies the caller, turns errors into responses with their status, returns 304 and
 * compresses, writes one line to the log, and responds within the function's time limit. An event that is
 * not a request of API Gateway gets 500, and the log says why.
 * @param handle may throw InboxError; `signal` aborts when the time is up
 */
export const makeHandler = (
  identity: Identity,
  handle: (event: ApiEvent, caller: Email, signal: AbortSignal) => Promise<ApiResponse>,
) => {
  const pipeline = middy<ApiEvent, ApiResponse>(
    async (event: ApiEvent, _context: Context, { signal }: { signal: AbortSignal }) =>
      handle(event, identifyCaller(event, identity), signal),
    {
      requestStart: ({ internal }) => {
        Object.assign(internal, { startedAt: performance.now() } satisfies Stopwatch)
      },
      requestEnd: ({ event, response, error, internal }) => {
        const durationMs = performance.now() - (internal as Stopwatch).startedAt
        logRequest(
          { event: event as ApiEvent, response: response as ApiResponse, error, durationMs },
          identity,
        )
      },
      timeoutEarlyInMillis: reserveMs,
      timeoutEarlyResponse: () => {
        throw new InboxError('unavailable', 'this took too long: send the request again')
      },
    },
  )
    // middy runs these in reverse: errors become responses, then a 304 is decided by the plain body, and last the
    // body is compressed.
    .use(compression)
    .use(revalidation)
    .use(errors)
  return async (event: ApiEvent, context: Context): Promise<ApiResponse> => {
    const mistake = findMistake(event)
    if (mistake === undefined) return pipeline(event, context)
    logMistake(mistake, context)
    return makeErrorResponse(toInboxError(new Error(mistake)))
  }
}

const compression: middy.MiddlewareObj<ApiEvent, ApiResponse> = {
  after: (request) => {
    request.response = compress(request.response!, request.event.headers['accept-encoding'])
  },
}

const revalidation: middy.MiddlewareObj<ApiEvent, ApiResponse> = {
  after: (request) => {
    if (request.event.requestContext.http.method === 'GET')
      request.response = revalidate(request.response!, request.event.headers['if-none-match'])
  },
}

const errors: middy.MiddlewareObj<ApiEvent, ApiResponse> = {
  onError: (request) => {
    const error = toInboxError(request.error)
    request.error = error
    request.response = makeErrorResponse(error)
  },
}
