import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReceivedRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** A server in place of DynamoDB that sends given bytes and notes what it received. */
export interface DynamoDbServer {
  endpoint: string
  requests: ReceivedRequest[]
  connections: () => number
  [Symbol.asyncDispose]: () => Promise<void>
}

export const startServer = async (
  respond: (response: ServerResponse) => void,
): Promise<DynamoDbServer> => {
  const requests: ReceivedRequest[] = []
  let connections = 0
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url: path = '', headers } = request
      requests.push({ method, path, headers, body })
      respond(response)
    })
  })
  server.on('connection', () => (connections += 1))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
