import { type Email, isEmail, normalizeEmail } from '../domain/email.ts'
import { InboxError } from '../domain/errors.ts'
import type { ApiEvent } from './api-event.ts'

/** How a token names the caller. */
export interface Identity {
  identityClaim: string
  requireVerifiedEmail: boolean
  /** For the hash by which the log knows a caller. */
  logSalt: string
}

/**
 * The participant who calls, by a claim of the token that API Gateway has verified. An address that
 * the issuer has not verified is whatever its owner typed, so it names nobody.
 * @throws InboxError `forbidden`
 */
export const callerOf = (
  event: ApiEvent,
  { identityClaim, requireVerifiedEmail }: Omit<Identity, 'logSalt'>,
): Email => {
  const { claims } = event.requestContext.authorizer.jwt
  const address = claims[identityClaim]
  if (typeof address !== 'string' || !isEmail(address))
    throw new InboxError(
      'forbidden',
      `the token carries no usable "${identityClaim}" claim: send one that does (of Cognito's, the ID token; its access tokens carry no address)`,
    )
  // API Gateway hands every claim over as a string.
  const isVerified = String(claims['email_verified']) === 'true'
  if (identityClaim === 'email' && requireVerifiedEmail && !isVerified)
    throw new InboxError(
      'forbidden',
      'the token does not carry a true "email_verified" claim: have the address verified by your identity provider, then send a new token',
    )
  return normalizeEmail(address)
}
