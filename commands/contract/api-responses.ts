import type { ErrorCode } from '../../lib/domain/errors.ts'
import { exemplifyError } from './api-errors.ts'
import { ref, type Schema } from './api-schemas.ts'

interface Header {
  description: string
  /** Whether every answer of this kind has it. */
  required?: boolean
  schema: Schema
}

interface Response {
  description: string
  headers: Record<string, Header>
  content?: Record<string, { schema: Schema; examples: Record<string, Example> }>
}

interface Example {
  summary?: string
  value: unknown
}

export type Responses = Record<string, Response>

const header = (description: string, schema: Schema = { type: 'string' }): Header => ({
  description,
  schema,
})
const always = (description: string): Header => ({ ...header(description), required: true })

const count = { type: 'integer', format: 'int32', minimum: 0 }

const requestId = {
  'apigw-requestid': header('The id of the request. Name it when you report a problem.'),
}
const notStored = { 'Cache-Control': always('`no-store`') }
const retryAfter = {
  'Retry-After': header('The number of seconds after which to send the request again.', count),
}
const encoding = {
  'Content-Encoding': header(
    '`br` or `gzip`, as `Accept-Encoding` allows, if the body is large enough to gain from it.',
  ),
}

/** What an answer with a listing tells besides its body, and a 304 as well. */
const listingHeaders = {
  ETag: always('The version of the answer, for `If-None-Match`.'),
  'Cache-Control': always('`private, no-cache`'),
  Vary: always('The headers of the request that the answer depends on.'),
  Link: header(
    'The next page: `<?limit=…&cursor=…>; rel="next"`, relative to the URL of the request. The last page has none.',
  ),
  'Unread-Comments': header(
    'With `unread=true`: the sum of the `unread_count` of all rooms in the listing, over all pages.',
    count,
  ),
  ...requestId,
}

const json = (schema: Schema, examples: Record<string, Example>): Pick<Response, 'content'> => ({
  content: { 'application/json': { schema, examples } },
})

/** An answer of API Gateway itself. */
const gatewayExample = (message: string): Example => ({
  summary: 'API Gateway',
  value: { message },
})
const gatewayAnswer = (
  description: string,
  message: string,
  headers: Record<string, Header> = {},
): Response => ({
  description,
  headers: { ...headers, ...requestId },
  ...json(ref('GatewayError'), { gateway: gatewayExample(message) }),
})

/** The answers with these codes, which have the same status. */
const errorAnswer = (description: string, codes: ErrorCode[]): Response => ({
  description,
  headers: { ...notStored, ...requestId },
  ...json(ref('InboxError'), exampleErrors(codes)),
})

const exampleErrors = (codes: ErrorCode[]): Record<string, Example> =>
  Object.fromEntries(
    codes.map((code) => {
      const { cause, body } = exemplifyError(code)
      return [code, { summary: cause, value: body }]
    }),
  )

/** A status that both the inbox and API Gateway use. */
const serverError = (
  description: string,
  code: ErrorCode,
  message: string,
  headers: Record<string, Header> = {},
): Response => ({
  description,
  headers: { 'Cache-Control': header('`no-store`'), ...headers, ...requestId },
  ...json(
    { oneOf: [ref('InboxError'), ref('GatewayError')] },
    { ...exampleErrors([code]), gateway: gatewayExample(message) },
  ),
})

const unauthorized = gatewayAnswer(
  'There is no token, or an invalid or expired one. Get a new token. The answer has no `Content-Type`.',
  'Unauthorized',
  { 'WWW-Authenticate': always('`Bearer`, with the reason if there was a token.') },
)

/** The answers that every endpoint gives. */
const everywhere = {
  '401': unauthorized,
  '403': errorAnswer('The token does not say who calls.', ['forbidden']),
  '429': gatewayAnswer(
    'More requests than the stage accepts. Wait, and send the request again.',
    'Too Many Requests',
  ),
  '500': serverError('An error in the service.', 'internal', 'Internal Server Error'),
  '503': serverError(
    'The service is busy. Send the request again after `Retry-After` seconds, or after a second.',
    'unavailable',
    'Service Unavailable',
    retryAfter,
  ),
}

export const makeListingResponses = (
  schema: 'PersonalListing' | 'GroupListing',
  example: unknown,
): Responses => ({
  '200': {
    description: 'A page of the listing.',
    headers: { ...listingHeaders, ...encoding },
    ...json(ref(schema), { page: { value: example } }),
  },
  '304': {
    description: 'The app already has this answer: the one with the `ETag` in `If-None-Match`.',
    headers: listingHeaders,
  },
  '400': errorAnswer('A parameter is wrong.', [
    'invalid_page',
    'invalid_limit',
    'invalid_cursor',
    'invalid_unread',
  ]),
  ...everywhere,
})

export const makeLeaveResponses = (example: unknown): Responses => ({
  '200': {
    description: 'The caller is not in the room any more. Leaving again succeeds again.',
    headers: { ...notStored, ...requestId },
    ...json(ref('LeaveResult'), { left: { value: example } }),
  },
  '400': errorAnswer('The parameter or the body is wrong.', ['invalid_room_id', 'invalid_body']),
  '404': errorAnswer('The room does not exist, or the caller was never in it.', ['room_not_found']),
  '413': gatewayAnswer('The body has more than 10 MB.', 'Request Entity Too Large'),
  ...everywhere,
})
