import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Fastify from 'fastify'
import { createIssuer, type TokenRequest } from '../../commands/local/issuer.ts'
import { cleanEnvironment, type Owned } from '../support/owned.ts'

/** An OpenID issuer over HTTPS, because the app accepts no other. */
export interface HttpsIssuer {
  url: string
  audience: string
  /** The certificate that verifiers of its tokens must trust. */
  certificateFile: string
  token: (request: TokenRequest) => Promise<string>
  /** A token with the same issuer and key id, but signed with another key. */
  forgedToken: (request: TokenRequest) => Promise<string>
}

const audience = 'test-deploy'
const certificateLimitMs = 30_000

/** @param python the Python that has the package for certificates */
export const startIssuer = async (
  { directory, run }: Owned,
  python: string,
): Promise<HttpsIssuer> => {
  const keyFile = join(directory, 'issuer.key')
  const certificateFile = join(directory, 'issuer.crt')
  await run(python, [join('test', 'deploy', 'certificate.py'), keyFile, certificateFile], {
    env: cleanEnvironment(directory),
    limitMs: certificateLimitMs,
  })

  const app = Fastify()
  const server = createServer(
    { key: readFileSync(keyFile), cert: readFileSync(certificateFile) },
    (request, response) => {
      app.routing(request, response)
    },
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const [issuer, forger] = await Promise.all([createIssuer(url), createIssuer(url)])
  issuer.routes(app)
  await app.ready()

  const forThisAudience = ({ claims, ...request }: TokenRequest): TokenRequest => ({
    ...request,
    claims: { aud: audience, ...claims },
  })
  return {
    url,
    audience,
    certificateFile,
    token: (request) => issuer.token(forThisAudience(request)),
    forgedToken: (request) => forger.token(forThisAudience(request)),
  }
}
