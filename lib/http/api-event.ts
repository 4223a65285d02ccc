import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'

/** What API Gateway calls a function with: payload format 2.0, the token verified. */
export type ApiEvent = APIGatewayProxyEventV2WithJWTAuthorizer

/** An event as far as a look at it is safe, whoever made it. */
interface AnyEvent {
  version?: unknown
  headers?: unknown
  requestContext?: {
    http?: { method?: unknown } | null
    authorizer?: { jwt?: { claims?: unknown } | null } | null
  } | null
}

const expected =
  'this function answers requests of an API Gateway HTTP API (payload format 2.0) behind a JWT authorizer'

/**
 * Why an event is no {@link ApiEvent}, and what to do, in words for the log; undefined if it is one.
 * The console's Test button sends anything, and a route may be set up without its authorizer.
 */
export const mistakeIn = (event: unknown): string | undefined => {
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
