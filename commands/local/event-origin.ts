import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/**
 * Whether an event may come from the sender of this request. A page of another site can send requests here,
 * and the table need not be a local one. Such a page shows in `Sec-Fetch-Site`, which browsers omit for plain
 * HTTP to another host than this machine, or in `Origin`. If its own host name points to this server
 * (DNS rebinding), it shows in `Host`: pages of this server have localhost or an IP address there.
 */
export const isFromThisServer = ({ headers }: FastifyRequest): boolean => {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers
  return (
    (site === 'none' || site === 'same-origin') &&
    (origin === undefined || origin === `http://${host}`) &&
    isNumberedHost(host)
  )
}

const isNumberedHost = (host: string): boolean => {
  if (!URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) > 0
}
