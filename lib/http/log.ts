import { hash } from 'node:crypto'
import type { Context } from 'aws-lambda'
import { normalizeEmail } from '../domain/email.ts'
import { causesOf, InboxError } from '../domain/errors.ts'
import type { Answer } from './answer.ts'
import type { ApiEvent } from './api-event.ts'
import type { Identity } from './caller.ts'

/** A request that is over. */
export interface Handled {
  event: ApiEvent
  answer: Answer | null | undefined
  error: unknown
  durationMs: number
}

/**
 * One line for each request, with the request id of API Gateway's access log. Who called is a salted
 * hash: the same person has the same one within a deployment, and no address stands in the log, though
 * whoever knows the table's name can tell whether a hash is that of a given address. A failure of ours
 * has the whole chain of its causes.
 */
export const logRequest = (
  { event, answer, error, durationMs }: Handled,
  identity: Identity,
): void => {
  const status = answer?.statusCode ?? 500
  const line = JSON.stringify({
    level: status < 500 ? 'INFO' : 'ERROR',
    requestId: event.requestContext.requestId,
    route: event.routeKey,
    status,
    durationMs: Math.round(durationMs),
    caller: hashOf(event.requestContext.authorizer.jwt.claims[identity.identityClaim], identity),
    ...(error instanceof InboxError && { code: error.code }),
    ...(status >= 500 && { causes: causesOf(error) }),
  })
  if (status < 500) console.log(line)
  else console.error(line)
}

/** One line for an event that is no request, with the request id of Lambda. */
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

const hashOf = (claim: unknown, { logSalt }: Identity): string | undefined =>
  typeof claim === 'string'
    ? hash('sha256', `${logSalt}\n${normalizeEmail(claim)}`, 'base64url').slice(0, 16)
    : undefined
