import type { Context } from 'aws-lambda'
import { causesOf, type InboxError } from '../domain/errors.ts'
import type { ApiEvent } from './api.ts'
import { statusOf } from './errors.ts'

/** One line for a request that we failed, with its whole chain of causes; refusals are the caller's to mend. */
export const logFailure = (error: InboxError, event: ApiEvent, context: Context): void => {
  if (statusOf[error.code] < 500) return
  console.error(
    JSON.stringify({
      level: 'ERROR',
      requestId: context.awsRequestId,
      route: event.routeKey,
      status: statusOf[error.code],
      code: error.code,
      causes: causesOf(error),
    }),
  )
}
