import { hash } from 'node:crypto'
import type { Answer } from './answer.ts'

/**
 * Answers 304 without a body to a caller who has this very answer (RFC 9110, 13.1.2). The tag is
 * weak, since one answer has several encodings; it covers the Link header as well as the body.
 */
export const conditional = (answer: Answer, ifNoneMatch: string | undefined): Answer => {
  const etag = `W/"${hash('sha1', `${answer.headers['link'] ?? ''}\n${answer.body ?? ''}`, 'base64url')}"`
  const { 'content-type': type, ...rest } = answer.headers
  const headers = { ...rest, etag }
  return matches(ifNoneMatch, etag)
    ? { statusCode: 304, headers }
    : { ...answer, headers: { 'content-type': type!, ...headers } }
}

const matches = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || opaque(tag) === opaque(etag))

const opaque = (tag: string): string => tag.replace(/^W\//, '')
