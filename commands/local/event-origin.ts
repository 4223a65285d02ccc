import type { FastifyRequest } from 'fastify'

/**
 * Whether an event may come from the sender of this request. A page of another site can send requests here,
 * and the table need not be a local one. Such a page shows in `Sec-Fetch-Site`, which browsers omit for plain
 * HTTP to another host than this machine, or in `Origin`.
 */
export const isFromThisServer = ({ headers }: FastifyRequest): boolean => {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers
  return (
    (site === 'none' || site === 'same-origin') &&
    (origin === undefined || origin === `http://${host}`)
  )
}
