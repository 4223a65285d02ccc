import type { FastifyInstance } from 'fastify'
import {
  createLocalJWKSet,
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
  /** @returns the claims; undefined for a token that API Gateway refuses */
  verify: (token: string) => Promise<JWTPayload | undefined>
  /** Adds the OpenID configuration, the keys and `POST /local/token` to the server. */
  routes: (app: FastifyInstance) => void
}

export interface TokenRequest {
  email: string
  expired?: boolean
  claims?: Record<string, unknown>
}

const audience = 'chat-inbox'
const algorithm = 'RS256'
const lifetimeSeconds = 3600

export const createIssuer = async (url: string): Promise<Issuer> => {
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
        return payload
      } catch {
        return undefined
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
        return request
          ? { token: await token(request) }
          : reply.code(400).send({ message: 'Bad Request' })
      })
    },
  }
}

const parseRequest = (body: Buffer): TokenRequest | undefined => {
  try {
    const request = JSON.parse(body.toString()) as TokenRequest
    return typeof request.email === 'string' ? request : undefined
  } catch {
    return undefined
  }
}
