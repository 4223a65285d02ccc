import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface Call {
  path: string
  target: string | undefined
  service: string
  body: any
}

/** AWS at the other end of signed requests. */
interface AwsServer {
  url: string
  /** The requests with a right signature, in order. The others get 403. */
  calls: Call[]
  /** Decides on a request with a right signature. */
  respond: (call: Call) => { status: number; body?: object }
  close: () => void
}

export const startAws = async (): Promise<AwsServer> => {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request)
      const service = readSigned(request, body)
      if (service === undefined) {
        response.writeHead(403).end('{}')
        return
      }
      const target = request.headers['x-amz-target'] as string | undefined
      const call = { path: request.url!, target, service, body: JSON.parse(body) }
      aws.calls.push(call)
      const { status, body: answer = {} } = aws.respond(call)
      response.writeHead(status).end(JSON.stringify(answer))
    })()
  })
  const aws: AwsServer = {
    url: '',
    calls: [],
    respond: () => ({ status: 200 }),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  aws.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return aws
}

const authorization =
  /^AWS4-HMAC-SHA256 Credential=\w+\/(?<scope>\d+\/[\w-]+\/(?<service>[\w-]+)\/aws4_request), SignedHeaders=(?<names>[\w;-]+), Signature=(?<signature>\w+)$/

/**
 * Signature Version 4, of the request as it arrived.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @returns the service that it is signed for, or undefined if the signature is wrong
 */
const readSigned = (request: IncomingMessage, body: string): string | undefined => {
  const parts = authorization.exec(request.headers.authorization ?? '')?.groups
  if (!parts) return undefined
  const names = parts['names']!.split(';')
  if (!names.includes('host')) return undefined
  const canonical = [
    request.method,
    request.url!.split('/').map(encodeURIComponent).join('/'),
    '',
    ...names.map((name) => `${name}:${String(request.headers[name])}`),
    '',
    parts['names'],
    sha256(body),
  ].join('\n')
  const scope = parts['scope']!
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join(
    '\n',
  )
  const first = Buffer.from(`AWS4${process.env['AWS_SECRET_ACCESS_KEY']!}`)
  const key = scope.split('/').reduce<Buffer>(hmac, first)
  return hmac(key, toSign).toString('hex') === parts['signature'] ? parts['service'] : undefined
}

const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest()
