import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type { Email } from '../domain/email.ts'
import { InboxError } from '../domain/errors.ts'
import type { Answer } from './answer.ts'
import { type ApiEvent, findMistake } from './api-event.ts'
import { identifyCaller, type Identity } from './caller.ts'
import { compress } from './compress.ts'
import { revalidate } from './revalidate.ts'
import { makeErrorAnswer, toInboxError } from './errors.ts'
import { logMistake, logRequest } from './log.ts'

/** The caller gets an answer at the latest when this much of the function's time limit is left. */
const reserveMs = 2000

interface Stopwatch {
  startedAt: number
}

/**
 * Wraps an endpoint: identifies the caller, answers errors with their status, answers 304 and
 * compresses, writes one line to the log, and answers within the function's time limit. An event that is
 * not a request of API Gateway is answered 500, and the log says why.
 * @param handle may throw InboxError; `signal` aborts when the time is up
 */
export const makeHandler = (
  identity: Identity,
  handle: (event: ApiEvent, caller: Email, signal: AbortSignal) => Promise<Answer>,
) => {
  const pipeline = middy<ApiEvent, Answer>(
    async (event: ApiEvent, _context: Context, { signal }: { signal: AbortSignal }) =>
      handle(event, identifyCaller(event, identity), signal),
    {
      requestStart: ({ internal }) => {
        Object.assign(internal, { startedAt: performance.now() } satisfies Stopwatch)
      },
      requestEnd: ({ event, response, error, internal }) => {
        const durationMs = performance.now() - (internal as Stopwatch).startedAt
        logRequest(
          { event: event as ApiEvent, answer: response as Answer, error, durationMs },
          identity,
        )
      },
      timeoutEarlyInMillis: reserveMs,
      timeoutEarlyResponse: () => {
        throw new InboxError('unavailable', 'this took too long: send the request again')
      },
    },
  )
    // middy runs these in reverse: errors become answers, then 304 is decided on the plain body, and what
    // is left of it is compressed.
    .use(compression)
    .use(revalidation)
    .use(errors)
  return async (event: ApiEvent, context: Context): Promise<Answer> => {
    const mistake = findMistake(event)
    if (mistake === undefined) return pipeline(event, context)
    logMistake(mistake, context)
    return makeErrorAnswer(toInboxError(new Error(mistake)))
  }
}

const compression: middy.MiddlewareObj<ApiEvent, Answer> = {
  after: (request) => {
    request.response = compress(request.response!, request.event.headers['accept-encoding'])
  },
}

const revalidation: middy.MiddlewareObj<ApiEvent, Answer> = {
  after: (request) => {
    if (request.event.requestContext.http.method === 'GET')
      request.response = revalidate(request.response!, request.event.headers['if-none-match'])
  },
}

const errors: middy.MiddlewareObj<ApiEvent, Answer> = {
  onError: (request) => {
    const error = toInboxError(request.error)
    request.error = error
    request.response = makeErrorAnswer(error)
  },
}
