import { type Email, isEmail, normalizeEmail } from '../domain/email.ts'
import { InboxError } from '../domain/errors.ts'
import type { ApiEvent } from './api-event.ts'

/** How the caller is identified by a token. */
export interface Identity {
  identityClaim: string
  requireVerifiedEmail: boolean
  /** Salt of the hash that stands for a caller in the log. */
  logSalt: string
}

/**
 * Identifies the participant who calls by a claim of the token, which API Gateway has verified. An e-mail
 * address counts only if the issuer has verified it: otherwise it is whatever the user typed.
 * @throws InboxError `forbidden`
 */
export const identifyCaller = (
  event: ApiEvent,
  { identityClaim, requireVerifiedEmail }: Omit<Identity, 'logSalt'>,
): Email => {
  const { claims } = event.requestContext.authorizer.jwt
  const address = claims[identityClaim]
  if (typeof address !== 'string' || !isEmail(address))
    throw new InboxError(
      'forbidden',
      `the token carries no usable "${identityClaim}" claim: send one that does (with Cognito, send the ID token: access tokens carry no address)`,
    )
  // API Gateway passes every claim as a string.
  const isVerified = String(claims['email_verified']) === 'true'
  if (identityClaim === 'email' && requireVerifiedEmail && !isVerified)
    throw new InboxError(
      'forbidden',
      'the token does not carry a true "email_verified" claim: have the address verified by your identity provider, then send a new token',
    )
  return normalizeEmail(address)
}
