import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createSecureContext } from 'node:tls'
import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { getEndpointFromInstructions } from '@smithy/core/endpoints'
import { HttpRequest } from '@smithy/core/transport'
import type { HttpResponse, RequestHandler } from '@smithy/types'

const timeLimitMs = 1000

/**
 * Opens a connection to DynamoDB while the function loads, when Lambda gives it a whole core. The first call
 * gets a fraction of one, and needs several times as long for the same handshake. That call waits for the
 * connection. If opening it fails or takes longer than a second, the call opens its own.
 *
 * The request is the unsigned health check that DynamoDB serves at `/`. It costs nothing.
 */
export const openConnection = (client: DynamoDBClient): void => {
  // Reads the root certificates, which takes most of the CPU time of a first connection. They stay in memory.
  createSecureContext()
  const opened = requestHealth(client).catch(() => undefined)
  client.middlewareStack.add(
    (next) => async (args) => {
      await opened
      return next(args)
    },
    { name: 'waitForConnection', step: 'finalizeRequest', priority: 'low' },
  )
}

const requestHealth = async ({ config }: DynamoDBClient): Promise<void> => {
  const endpoint = await getEndpointFromInstructions({}, QueryCommand, config)
  const { protocol, hostname, port } = endpoint.url
  const handler: RequestHandler<HttpRequest, HttpResponse> = config.requestHandler
  const request = new HttpRequest({ protocol, hostname, ...(port && { port: Number(port) }) })
  const { response } = await handler.handle(request, {
    abortSignal: AbortSignal.timeout(timeLimitMs),
  })
  // The connection is free for the next request once the body is read.
  await text(response.body as Readable)
}
