import { hash } from 'node:crypto'
import type { ApiResponse } from './response.ts'

/**
 * Returns 304 without a body if the caller already has this response (RFC 9110, 13.1.2). A response without an ETag
 * gets one. The 304 keeps the content type: API Gateway adds text/plain to a response without one, and a cache would
 * replace the type that it has stored.
 */
export const revalidate = (response: ApiResponse, ifNoneMatch: string | undefined): ApiResponse => {
  const { etag = makeETag(response) } = response.headers
  const headers = { ...response.headers, etag }
  return matches(ifNoneMatch, etag) ? { statusCode: 304, headers } : { ...response, headers }
}

/**
 * The tag is weak, since one response has several encodings. It covers the body and the headers Link and
 * Unread-Comments.
 */
export const makeETag = ({ headers, body = '' }: ApiResponse): string => {
  const { link = '', 'unread-comments': unread = '' } = headers
  return `W/"${hash('sha1', `${link}${unread}\n${body}`, 'base64url')}"`
}

const matches = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || stripWeakness(tag) === stripWeakness(etag))

const stripWeakness = (tag: string): string => tag.replace(/^W\//, '')
