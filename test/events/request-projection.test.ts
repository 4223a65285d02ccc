import { hash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { makeProjectionRequests } from '../../lib/events/request-projection.ts'

/** Stands in for SQS: it keeps what it receives, and responds as told. */
let server: Server
let queueUrl: string
const received: { target: string | undefined; body: Record<string, unknown> }[] = []
let statuses: number[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const message = JSON.parse(body) as Record<string, unknown>
      received.push({
        target: request.headers['x-amz-target'] as string | undefined,
        body: message,
      })
      response.writeHead(statuses.shift() ?? 200, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(
        JSON.stringify({ MD5OfMessageBody: hash('md5', String(message['MessageBody'])) }),
      )
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  queueUrl = `http://127.0.0.1:${port}/111122223333/Projections.fifo`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

let tokens = 0
const makeRequest = () => makeProjectionRequests(queueUrl, () => `token-${(tokens += 1)}`)
const { signal } = new AbortController()

test('the messages of a room are one group, and each has a token of its own', async () => {
  const request = makeRequest()

  await request(7, 42, signal)
  await request(7, 42, signal)

  expect(received.splice(0)).toEqual(
    ['token-1', 'token-2'].map((token) => ({
      target: 'AmazonSQS.SendMessage',
      body: {
        QueueUrl: queueUrl,
        MessageBody: '{"room_id":7,"revision":42}',
        MessageGroupId: '7',
        MessageDeduplicationId: token,
      },
    })),
  )
})

test('a failed attempt is repeated with the same token, so that SQS keeps one message', async () => {
  statuses = [500]

  await makeRequest()(7, 43, signal)

  const tokensSent = received.splice(0).map(({ body }) => body['MessageDeduplicationId'])
  expect(tokensSent).toHaveLength(2)
  expect(new Set(tokensSent).size).toBe(1)
})

test('a request that SQS refuses fails', async () => {
  statuses = [400]

  await expect(makeRequest()(7, 44, signal)).rejects.toThrow()
})
