import type { FastifyRequest } from 'fastify'
import { cors } from '../../lib/cors.ts'

/** Pages on this machine, such as those of a development server on another port. */
const localOrigin = /^https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/

/** API Gateway responds to such a request itself, whatever its path. */
export const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined

/** The headers that let a page read a response. None for a page that is not on this machine. */
export const makeCorsHeaders = (request: FastifyRequest): Record<string, string> => {
  const { origin = '' } = request.headers
  if (!localOrigin.test(origin)) return {}
  const allowed = { 'access-control-allow-origin': origin }
  if (!isPreflight(request))
    return { ...allowed, 'access-control-expose-headers': cors.exposeHeaders.join(',') }
  return {
    ...allowed,
    'access-control-allow-methods': cors.allowMethods.join(','),
    'access-control-allow-headers': cors.allowHeaders.join(','),
    'access-control-max-age': String(cors.maxAgeSeconds),
  }
}
