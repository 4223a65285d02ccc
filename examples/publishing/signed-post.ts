import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import type { SourceData } from '@smithy/types'

const requestLimitMs = 5000

/** @throws Error naming the variable if the environment does not have it */
export const readVariable = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`The environment variable ${name} is missing: the stack sets it.`)
  return value
}

/** Posts JSON to a service of AWS, signed with the role of the function. */
export const signedPost = async (
  service: string,
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> => {
  const { protocol, hostname, host, pathname } = new URL(url)
  const signer = new SignatureV4({
    service,
    region: readVariable('AWS_REGION'),
    credentials: {
      accessKeyId: readVariable('AWS_ACCESS_KEY_ID'),
      secretAccessKey: readVariable('AWS_SECRET_ACCESS_KEY'),
      ...(process.env['AWS_SESSION_TOKEN'] && { sessionToken: process.env['AWS_SESSION_TOKEN'] }),
    },
    sha256: Sha256,
  })
  const signed = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    path: pathname,
    query: {},
    headers: { host, 'content-type': 'application/json', ...headers },
    body,
  })
  return fetch(url, {
    method: 'POST',
    headers: signed.headers,
    body,
    signal: AbortSignal.timeout(requestLimitMs),
  })
}

/** SHA-256 of Node, or its HMAC with a key, in the form that the signer takes. */
class Sha256 {
  readonly #hash: { update: (data: Uint8Array) => unknown; digest: () => Uint8Array }

  constructor(key?: SourceData) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', toBytes(key))
  }

  update(data: SourceData): void {
    this.#hash.update(toBytes(data))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }
}

const toBytes = (data: SourceData): Uint8Array =>
  typeof data === 'string'
    ? Buffer.from(data)
    : ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)

/** How long a function keeps the secret. After a change, old and new ones are in use for this time. */
const secretMs = 5 * 60_000

let kept: { secret: string; until: number } | undefined

/**
 * Reads the secret whose ARN is in SECRET_ARN. It is not a variable itself, because whoever may look at a function can
 * read its variables. Set AWS_ENDPOINT_URL_SECRETS_MANAGER for another endpoint, as with the SDK.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export const readSecret = async (): Promise<string> => {
  if (kept && Date.now() < kept.until) return kept.secret
  const url =
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ??
    `https://secretsmanager.${readVariable('AWS_REGION')}.amazonaws.com/`
  const response = await signedPost(
    'secretsmanager',
    url,
    JSON.stringify({ SecretId: readVariable('SECRET_ARN') }),
    {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
  )
  if (!response.ok)
    throw new Error(
      `Secrets Manager responds with ${response.status}: the role of the function must be allowed to read SECRET_ARN.`,
    )
  const { SecretString } = (await response.json()) as { SecretString: string }
  kept = { secret: SecretString, until: Date.now() + secretMs }
  return SecretString
}
