import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'

/** A request as API Gateway passes it to a function: payload format 2.0, with the claims of a verified token. */
export type ApiEvent = APIGatewayProxyEventV2WithJWTAuthorizer

/** The parts of an event that are checked. Anybody with access to the function can send anything. */
interface AnyEvent {
  version?: unknown
  headers?: unknown
  requestContext?: {
    http?: { method?: unknown } | null
    authorizer?: { jwt?: { claims?: unknown } | null } | null
  } | null
}

const expected =
  'this function serves requests of an API Gateway HTTP API (payload format 2.0) behind a JWT authorizer'

/**
 * Checks that an event is an {@link ApiEvent}. The Test button of the Lambda console sends other events,
 * and a route can be deployed without its authorizer.
 * @returns what is wrong and what to do, for the log; undefined if nothing is wrong
 */
export const findMistake = (event: unknown): string | undefined => {
  const { version, headers, requestContext } = (event ?? {}) as AnyEvent
  if (version !== '2.0')
    return `${expected}: the event's "version" is not "2.0", so send a request to the API, or set the payload format of its integration`
  if (!isObject(headers) || typeof requestContext?.http?.method !== 'string')
    return `${expected}: the event has no headers or no HTTP method, so send a request to the API`
  if (!isObject(requestContext.authorizer?.jwt?.claims))
    return `${expected}: the event has no claims of a token, so attach the authorizer to the route`
  return undefined
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
