import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { quote } from '../../lib/domain/errors.ts'

/**
 * Explains why a request is not for this server, by its `Host`. A page of another site could point its own name to
 * this machine (DNS rebinding). The browser would then let it read every response, but shows that name in `Host`.
 * @returns undefined for localhost and for every IP address, which no site can point anywhere
 */
export const explainBadHost = ({ headers, socket }: FastifyRequest): string | undefined => {
  const { host = '' } = headers
  if (isLocalHost(host)) return undefined
  return `The host ${quote(host)} is not this server: use localhost or an IP address of this machine, as in http://127.0.0.1:${socket.localPort}`
}

const isLocalHost = (host: string): boolean => {
  if (!URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) > 0
}
