import middy from '@middy/core'
import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda'
import { InboxError } from '../domain/errors.ts'
import type { Answer } from './answer.ts'
import { compressed } from './compressed.ts'
import { conditional } from './conditional.ts'
import { errorAnswer, toInboxError } from './errors.ts'
import { logFailure } from './log.ts'

export type ApiEvent = APIGatewayProxyEventV2WithJWTAuthorizer

/** What is left of a function's time limit when the caller gets an answer at the latest. */
const reserveMs = 2000

/**
 * The pipeline around every endpoint: conditional and compressed answers, errors with their status,
 * and an answer within the function's time limit.
 * @param handle may throw InboxError; `signal` is aborted when its time is up
 */
export const api = (handle: (event: ApiEvent, signal: AbortSignal) => Promise<Answer>) =>
  middy<ApiEvent, Answer>(
    (event: ApiEvent, _context: Context, { signal }: { signal: AbortSignal }) =>
      handle(event, signal),
    {
      timeoutEarlyInMillis: reserveMs,
      timeoutEarlyResponse: () => {
        throw new InboxError('unavailable', 'this took too long: send the request again')
      },
    },
  )
    .use(compression)
    .use(revalidation)
    .use(errors)

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
    logFailure(error, request.event, request.context)
    request.response = errorAnswer(error)
  },
}
