import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type { Email } from '../domain/email.ts'
import { InboxError } from '../domain/errors.ts'
import type { Answer } from './answer.ts'
import { type ApiEvent, mistakeIn } from './api-event.ts'
import { callerOf, type Identity } from './caller.ts'
import { compressed } from './compressed.ts'
import { conditional } from './conditional.ts'
import { errorAnswer, toInboxError } from './errors.ts'
import { logMistake, logRequest } from './log.ts'

/** What is left of a function's time limit when the caller gets an answer at the latest. */
const reserveMs = 2000

interface Stopwatch {
  startedAt: number
}

/**
 * The pipeline around every endpoint: the caller, conditional and compressed answers, errors with
 * their status, a line in the log, and an answer within the function's time limit.
 * What is no request of API Gateway is answered 500, with its cause in the log.
 * @param handle may throw InboxError; `signal` is aborted when its time is up
 */
export const api = (
  identity: Identity,
  handle: (event: ApiEvent, caller: Email, signal: AbortSignal) => Promise<Answer>,
) => {
  const answered = middy<ApiEvent, Answer>(
    async (event: ApiEvent, _context: Context, { signal }: { signal: AbortSignal }) =>
      handle(event, callerOf(event, identity), signal),
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
    .use(compression)
    .use(revalidation)
    .use(errors)
  return async (event: ApiEvent, context: Context): Promise<Answer> => {
    const mistake = mistakeIn(event)
    if (mistake === undefined) return answered(event, context)
    logMistake(mistake, context)
    return errorAnswer(toInboxError(new Error(mistake)))
  }
}

const compression: middy.MiddlewareObj<ApiEvent, Answer> = {
  after: (request) => {
    request.response = compressed(request.response!, request.event.headers['accept-encoding'])
  },
}

const revalidation: middy.MiddlewareObj<ApiEvent, Answer> = {
  after: (request) => {
    if (request.event.requestContext.http.method === 'GET')
      request.response = conditional(request.response!, request.event.headers['if-none-match'])
  },
}

const errors: middy.MiddlewareObj<ApiEvent, Answer> = {
  onError: (request) => {
    const error = toInboxError(request.error)
    request.error = error
    request.response = errorAnswer(error)
  },
}
