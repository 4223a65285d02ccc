import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, expect, test } from '@jest/globals'
import { makeClient } from '../../lib/dynamodb/client.ts'
import { removedMiddleware } from '../../lib/dynamodb/middleware.ts'
import { startServer } from '../support/dynamodb-server.ts'

const endpointVariable = 'AWS_ENDPOINT_URL_DYNAMODB'
const before = process.env[endpointVariable]
afterEach(() => {
  process.env[endpointVariable] = before
  delete process.env['AWS_LAMBDA_FUNCTION_NAME']
  delete process.env['_X_AMZN_TRACE_ID']
})

test.each(removedMiddleware)("%s is one of the SDK's middlewares", (name) => {
  expect(new DynamoDBClient({ region: 'eu-west-1' }).middlewareStack.remove(name)).toBe(true)
})

test('a request carries no description of the SDK and no trace', async () => {
  await using server = await startServer((response) => response.end('{}'))
  process.env[endpointVariable] = server.endpoint
  process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'list-personal-chats'
  process.env['_X_AMZN_TRACE_ID'] = 'Root=1-5759e988-bd862e3fe1be46a994272793'

  await makeClient().send(new GetItemCommand({ TableName: 'chat', Key: { pk: { S: 'a' } } }))

  const { headers } = server.requests.at(-1)!
  expect(headers).toHaveProperty('authorization')
  for (const name of ['user-agent', 'x-amz-user-agent', 'x-amzn-trace-id'])
    expect(headers).not.toHaveProperty(name)
})

test('a call that fails is tried three times', async () => {
  await using server = await startServer((response) => response.writeHead(500).end('{}'))
  process.env[endpointVariable] = server.endpoint

  const call = makeClient().send(new GetItemCommand({ TableName: 'chat', Key: { pk: { S: 'a' } } }))

  await expect(call).rejects.toThrow()
  expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(3)
})

test('a call waits a second for its connection and two for the response', async () => {
  await using server = await startServer((response) => response.end('{}'))
  process.env[endpointVariable] = server.endpoint
  const client = makeClient()
  await client.send(new GetItemCommand({ TableName: 'chat', Key: { pk: { S: 'a' } } }))

  const handler = client.config.requestHandler as object as { httpHandlerConfigs: () => object }
  expect(handler.httpHandlerConfigs()).toMatchObject({
    connectionTimeout: 1000,
    requestTimeout: 2000,
    throwOnRequestTimeout: true,
  })
})
