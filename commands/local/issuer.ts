import type { FastifyInstance } from 'fastify'
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose'

/** Issues tokens and, as API Gateway's authorizer does, verifies them. */
export interface Issuer {
  /** @returns a token for this address, with a true `email_verified`; `claims` add to it or replace its own */
  token: (request: TokenRequest) => Promise<string>
  verify: (token: string) => Promise<Verified>
  /** Adds the OpenID configuration, the keys and `POST /local/token` to the server. */
  routes: (app: FastifyInstance) => void
}

/** The claims of a token, or why API Gateway refuses it, as its `www-authenticate` header says it. */
export type Verified = { claims: JWTPayload } | { reason: string }

export interface TokenRequest {
  email: string
  expired?: boolean
  claims?: Record<string, unknown>
}

const audience = 'chat-inbox'
const algorithm = 'RS256'
const lifetimeSeconds = 3600

/** @param prepare is awaited before somebody gets a token from `POST /local/token` */
export const createIssuer = async (
  url: string,
  prepare?: (email: string) => Promise<void>,
): Promise<Issuer> => {
  const { publicKey, privateKey } = await generateKeyPair(algorithm)
  const jwk = { ...(await exportJWK(publicKey)), kid: 'local', alg: algorithm, use: 'sig' }
  const keys = { keys: [jwk] }
  const keySet = createLocalJWKSet(keys)

  const token = ({ email, expired = false, claims = {} }: TokenRequest): Promise<string> => {
    const issuedAt = Math.floor(Date.now() / 1000) - (expired ? 2 * lifetimeSeconds : 0)
    return new SignJWT({
      iss: url,
      aud: audience,
      sub: email,
      iat: issuedAt,
      exp: issuedAt + lifetimeSeconds,
      email,
      email_verified: true,
      token_use: 'id',
      ...claims,
    })
      .setProtectedHeader({ alg: algorithm, kid: jwk.kid })
      .sign(privateKey)
  }

  return {
    token,
    verify: async (jwt) => {
      try {
        const { payload } = await jwtVerify(jwt, keySet, {
          issuer: url,
          audience,
          algorithms: [algorithm],
        })
        return { claims: payload }
      } catch (error) {
        return { reason: findReason(jwt, error) }
      }
    },
    routes: (app) => {
      app.get('/.well-known/openid-configuration', () => ({
        issuer: url,
        jwks_uri: `${url}/.well-known/jwks.json`,
        id_token_signing_alg_values_supported: [algorithm],
      }))
      app.get('/.well-known/jwks.json', () => keys)
      app.post<{ Body: Buffer }>('/local/token', async ({ body }, reply) => {
        const request = parseRequest(body)
        if (!request) return reply.code(400).send({ message: 'Bad Request' })
        await prepare?.(request.email)
        return { token: await token(request) }
      })
    },
  }
}

/**
 * The reasons for segments, signing method, expiry and audience are API Gateway's own words, where they are known.
 * None of them contains a quotation mark, which would end the text in the header.
 */
const findReason = (jwt: string, error: unknown): string => {
  if (jwt.split('.').length !== 3) return 'token contains an invalid number of segments'
  if (error instanceof errors.JOSEAlgNotAllowed) return describeMethod(jwt)
  if (error instanceof errors.JWTExpired) return 'the token has expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return claimReasons.get(error.claim) ?? 'the token has an invalid claim'
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey
  )
    return 'the token does not have a valid signature'
  return 'the token is malformed'
}

/** The name comes from the caller: what could end the header is removed. */
const describeMethod = (jwt: string): string => {
  const { alg = '' } = decodeProtectedHeader(jwt)
  return `signing method ${alg.replaceAll(/[^\w-]/g, '')} is invalid`
}

const claimReasons = new Map([
  ['aud', 'the token does not have a valid audience'],
  ['iss', 'the token does not have a valid issuer'],
  ['nbf', 'the token is not valid yet'],
])

const parseRequest = (body: Buffer): TokenRequest | undefined => {
  try {
    const request = JSON.parse(body.toString()) as TokenRequest
    return typeof request.email === 'string' ? request : undefined
  } catch {
    return undefined
  }
}
