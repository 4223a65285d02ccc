import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A server in front of the engine of the tests, which can refuse calls in its place. */
export interface EngineProxy {
  endpoint: string
  /** The `x-amz-target` of the calls that it refuses, as an engine does that does not know them. */
  refuses: RegExp | undefined
  close: () => void
}

export const startEngineProxy = async (): Promise<EngineProxy> => {
  const engine = process.env['AWS_ENDPOINT_URL_DYNAMODB']!
  const forward = async (target: string, body: Buffer): Promise<[number, string]> => {
    if (proxy.refuses?.test(target)) return [400, '{"__type":"UnknownOperationException"}']
    const response = await fetch(engine, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        'x-amz-date': '20260101T000000Z',
      },
      body,
    })
    return [response.status, await response.text()]
  }
  const server = createServer((request, response) => {
    void buffer(request)
      .then((body) => forward(String(request.headers['x-amz-target']), body))
      .then(([status, text]) => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text)
      })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: EngineProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuses: undefined,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return proxy
}
