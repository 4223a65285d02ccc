import { hash } from 'node:crypto'
import type { ApiResponse } from './response.ts'

/**
 * Returns 304 without a body if the caller already has this response (RFC 9110, 13.1.2). The tag is weak, since
 * one response has several encodings; it covers the body and the headers Link and Unread-Comments. The 304 keeps
 * the content type: API Gateway adds text/plain to a response without one, and a cache would replace the type that
 * it has stored.
 */
export const revalidate = (response: ApiResponse, ifNoneMatch: string | undefined): ApiResponse => {
  const { link = '', 'unread-comments': unread = '' } = response.headers
  const etag = `W/"${hash('sha1', `${link}${unread}\n${response.body ?? ''}`, 'base64url')}"`
  const headers = { ...response.headers, etag }
  return matches(ifNoneMatch, etag) ? { statusCode: 304, headers } : { ...response, headers }
}

const matches = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || stripWeakness(tag) === stripWeakness(etag))

const stripWeakness = (tag: string): string => tag.replace(/^W\//, '')
