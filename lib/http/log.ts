import { hash } from 'node:crypto'
import type { Context } from 'aws-lambda'
import { type Email, normalizeEmail } from '../domain/email.ts'
import { listCauses, InboxError } from '../domain/errors.ts'
import type { ApiResponse } from './response.ts'
import type { ApiEvent } from './api-event.ts'
import type { Identity } from './caller.ts'

/** A request and its response. */
interface Handled {
  event: ApiEvent
  response: ApiResponse | null | undefined
  error: unknown
  durationMs: number
}

/**
 * Writes one line for a request, with the request id that is also in API Gateway's access log. The caller is shown
 * as a salted hash, which is the same for one person within a deployment and hides the address. Somebody who knows
 * the table's name, which is the salt, can check whether a hash belongs to a given address. The line of a 5xx has
 * all causes of the error.
 */
export const logRequest = (
  { event, response, error, durationMs }: Handled,
  identity: Identity,
): void => {
  const status = response?.statusCode ?? 500
  const line = JSON.stringify({
    level: status < 500 ? 'INFO' : 'ERROR',
    requestId: event.requestContext.requestId,
    route: event.routeKey,
    status,
    durationMs: Math.round(durationMs),
    caller: hashCaller(
      event.requestContext.authorizer.jwt.claims[identity.identityClaim],
      identity,
    ),
    ...(error instanceof InboxError && { code: error.code }),
    ...(status >= 500 && { causes: listCauses(error) }),
  })
  if (status < 500) console.log(line)
  else console.error(line)
}

/** Writes one line for an event that is not a request, with Lambda's request id. */
export const logMistake = (mistake: string, { awsRequestId }: Context): void => {
  console.error(
    JSON.stringify({
      level: 'ERROR',
      requestId: awsRequestId,
      status: 500,
      code: 'internal',
      causes: [mistake],
    }),
  )
}

const hashCaller = (claim: unknown, { logSalt }: Identity): string | undefined =>
  typeof claim === 'string' ? hashEmail(normalizeEmail(claim), logSalt) : undefined

/** Names a person without the address. Within a deployment it is the same for one person. */
export const hashEmail = (email: Email, salt: string): string =>
  hash('sha256', `${salt}\n${email}`, 'base64url').slice(0, 16)
