import { createHmac, timingSafeEqual } from 'node:crypto'

// What your backend and the functions compute alike, from a secret that both have. In another language, write it anew:
// test/examples/publishing.test.ts has values to compare with.

/** An identity as `inbox.changed` has it: an address, with an `@`, has no upper-case letters from A to Z. */
export const normalizeEmail = (identity: string): string => {
  const trimmed = identity.trim()
  return trimmed.includes('@')
    ? trimmed.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    : trimmed
}

/**
 * The channel of a user in the Event API. Whoever knows its name can read it, so it is an HMAC: nobody can guess it
 * without the secret. A segment has letters, digits and dashes, at most 50; 48 hexadecimal digits are 192 bits.
 * https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespaces.html
 */
export const channelOf = (secret: string, identity: string): string =>
  `inbox/${createHmac('sha256', secret).update(normalizeEmail(identity)).digest('hex').slice(0, 48)}`

const ticketSeconds = 60

/**
 * A ticket to open a WebSocket within a minute, for a user whom your backend has authenticated. It is
 * `payload.signature`, each in base64url: JSON with the identity and the time in Unix seconds until which it is valid,
 * and the HMAC-SHA256 of the payload as it is written in the ticket.
 */
export const makeTicket = (secret: string, identity: string, now: Date): string => {
  const expires = Math.floor(now.getTime() / 1000) + ticketSeconds
  const payload = Buffer.from(JSON.stringify({ email: normalizeEmail(identity), expires }))
  const text = payload.toString('base64url')
  return `${text}.${sign(secret, text).toString('base64url')}`
}

/** @returns the identity, or undefined if the ticket is not signed with the secret or not valid any more */
export const readTicket = (secret: string, ticket: string, now: Date): string | undefined => {
  const [payload = '', signature = ''] = ticket.split('.')
  const given = Buffer.from(signature, 'base64url')
  const right = sign(secret, payload)
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
  const { email, expires } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
    email: string
    expires: number
  }
  return now.getTime() < expires * 1000 ? email : undefined
}

const sign = (secret: string, text: string): Buffer =>
  createHmac('sha256', secret).update(text).digest()
