import { routes } from './routes.ts'

/**
 * What a page of an allowed origin may send to the API and read of its responses, as the stack sets it and the local
 * server sends it. Cookies are never allowed: the caller is known by the token in `authorization` alone.
 */
export const cors = {
  allowMethods: [...new Set(routes.map(({ method }) => method))],
  allowHeaders: ['authorization', 'content-type', 'if-none-match'],
  exposeHeaders: ['link', 'etag', 'retry-after', 'unread-comments', 'apigw-requestid'],
  /** How long a browser may keep the response to a preflight request. */
  maxAgeSeconds: 3600,
}
