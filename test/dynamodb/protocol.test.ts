import type { ServerResponse } from 'node:http'
import {
  BatchGetItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from '@jest/globals'
import { ConfiguredRetryStrategy } from '@smithy/core/retry'
import { PlainJsonProtocol } from '../../lib/dynamodb/protocol.ts'
import { type ReceivedRequest, startServer } from '../support/dynamodb-server.ts'

type Client = Pick<DynamoDBClient, 'send'>

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const common: DynamoDBClientConfig = {
  region: 'eu-west-1',
  credentials,
  retryStrategy: new ConfiguredRetryStrategy(2, 0),
}

/** Does the same with the SDK's own protocol and with ours. */
const withBoth = async <T>(
  respond: (response: ServerResponse) => void,
  use: (client: Client, requests: ReceivedRequest[]) => Promise<T>,
): Promise<{ own: T; sdk: T }> => {
  const run = async (config: DynamoDBClientConfig): Promise<T> => {
    await using server = await startServer(respond)
    const client = new DynamoDBClient({ ...common, ...config, endpoint: server.endpoint })
    try {
      return await use(client, server.requests)
    } finally {
      client.destroy()
    }
  }
  return { own: await run({ protocol: PlainJsonProtocol }), sdk: await run({}) }
}

const texts = {
  'quotes and backslashes': '"\\" \\\\ \\n',
  'control characters': '\u0000\u0001\b\t\n\f\r\u001f\u007f',
  'line separators': 'a\u2028b\u2029c',
  'emoji and combined characters': '👩‍👩‍👧 e\u0301 ﷽',
  'the last characters': '\uffff\ufffe\ufeff',
  'the name of a prototype': '__proto__',
  nothing: '',
}

describe('a request', () => {
  const send = async (client: Client, requests: ReceivedRequest[], text: string) => {
    const key = { pk: { S: text }, sk: { S: 'x' } }
    await client.send(new GetItemCommand({ TableName: 'chat', Key: key, ConsistentRead: true }))
    await client.send(
      new PutItemCommand({
        TableName: 'chat',
        Item: { ...key, n: { N: '1.50' }, list: { L: [{ S: text }, { NULL: true }] } },
        ExpressionAttributeValues: {
          ':set': { SS: [text, 'b'] },
          ':map': { M: { [text]: { BOOL: false } } },
        },
        ConditionExpression: undefined,
      }),
    )
    await client.send(new BatchGetItemCommand({ RequestItems: { chat: { Keys: [key] } } }))
    return requests.map(({ method, path, headers, body }) => ({
      method,
      path,
      'content-type': headers['content-type'],
      'content-length': headers['content-length'],
      'x-amz-target': headers['x-amz-target'],
      body: JSON.parse(body) as unknown,
    }))
  }

  test.each(Object.entries(texts))('with %s is the one of the SDK', async (_, text) => {
    const { own, sdk } = await withBoth(
      (response) => response.end('{}'),
      (client, requests) => send(client, requests, text),
    )

    expect(own).toHaveLength(3)
    expect(own).toEqual(sdk)
  })

  test('with half a surrogate pair sends it as JSON, where DynamoDB can refuse it', async () => {
    const { own } = await withBoth(
      (response) => response.end('{}'),
      (client, requests) => send(client, requests, '\ud83d'),
    )

    expect(own[0]!.body).toMatchObject({ Key: { pk: { S: '\ud83d' } } })
  })
})

describe('a response', () => {
  const query = new QueryCommand({ TableName: 'chat' })
  const outcomeOf = async (client: Client, requests: ReceivedRequest[]) => {
    const outcome = await client.send(query).then(
      (output) => ({ output }),
      (error: unknown) => {
        const { name, message } = error as Error
        return { error: { ...(error as object), name }, message }
      },
    )
    return { ...outcome, requests: requests.length }
  }
  const respondWith =
    (status: number, body: string | Buffer, headers: Record<string, string> = {}) =>
    (response: ServerResponse) =>
      response.writeHead(status, { 'x-amzn-requestid': 'id-1', ...headers }).end(body)

  test.each(Object.entries(texts))('with %s is read as by the SDK', async (_, text) => {
    const items = [{ pk: { S: text }, map: { M: { [text]: { S: text } } } }]

    const { own, sdk } = await withBoth(
      respondWith(200, JSON.stringify({ Items: items, Count: 1, ScannedCount: 1 })),
      outcomeOf,
    )

    expect(own).toEqual(sdk)
    expect(own).toMatchObject({ output: { Items: items } })
  })

  test('in many pieces, cut within characters, is read as by the SDK', async () => {
    const bytes = Buffer.from(JSON.stringify({ Items: [{ pk: { S: 'añ👩‍👩‍👧' } }], Count: 1 }))

    const { own, sdk } = await withBoth((response) => {
      response.writeHead(200)
      const writeNext = (index: number): void => {
        if (index === bytes.length) response.end()
        else
          response.write(bytes.subarray(index, index + 1), () => setImmediate(writeNext, index + 1))
      }
      writeNext(0)
    }, outcomeOf)

    expect(own).toEqual(sdk)
    expect(own).toMatchObject({ output: { Items: [{ pk: { S: 'añ👩‍👩‍👧' } }] } })
  })

  test('of 1 MB is read as by the SDK', async () => {
    const items = Array.from({ length: 1000 }, (_, index) => ({
      pk: { S: `${index}` },
      text: { S: 'é'.repeat(500) },
    }))

    const { own, sdk } = await withBoth(
      respondWith(200, JSON.stringify({ Items: items, Count: 1000 })),
      outcomeOf,
    )

    expect(own).toEqual(sdk)
    expect(own).toMatchObject({ output: { Count: 1000 } })
  })

  test.each([
    ['an empty success', respondWith(200, '')],
    ['a success of an empty object', respondWith(200, '{}')],
    ['a success that is not an object', respondWith(200, 'null')],
    ['a 400 whose body is empty', respondWith(400, '')],
    ['a 400 whose body is not JSON', respondWith(400, '<html>')],
    [
      'a validation error',
      respondWith(400, '{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}'),
    ],
    [
      'an error of the service',
      respondWith(
        400,
        '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no table"}',
      ),
    ],
    [
      'a failed condition with its item',
      respondWith(
        400,
        '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"failed","Item":{"pk":{"S":"\\u2028"}}}',
      ),
    ],
    [
      'a cancelled transaction with its reasons',
      respondWith(
        400,
        '{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"cancelled","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Item":{"pk":{"S":"a"}},"Message":"failed"}]}',
      ),
    ],
    [
      'throttling',
      respondWith(
        400,
        '{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}',
      ),
    ],
    [
      'an error that only a header names',
      respondWith(400, '{}', { 'x-amzn-errortype': 'ThrottlingException:' }),
    ],
    ['a 500 without a body', respondWith(500, '')],
    ['a 503 of a proxy', respondWith(503, '<html>busy</html>')],
    ['a redirection', respondWith(301, '', { location: '/' })],
  ])('that is %s has the same outcome as with the SDK', async (_, respond) => {
    const { own, sdk } = await withBoth(respond, outcomeOf)

    expect(own).toEqual(sdk)
  })

  test.each([
    ['is not JSON', respondWith(200, '<html>"the name of a person"</html>')],
    ['is half of its JSON', respondWith(200, '{"Items":[{"pk":{"S":"the name of a per')],
  ])(
    'of 200 whose body %s fails as with the SDK, and the error does not quote it',
    async (_, respond) => {
      const { own, sdk } = await withBoth(respond, outcomeOf)

      expect({ ...own, message: '' }).toEqual({ ...sdk, message: '' })
      expect(own).toMatchObject({ error: { name: 'SyntaxError' }, requests: 1 })
      expect(own).toMatchObject({ message: expect.stringContaining('not JSON') })
      expect(own).not.toMatchObject({ message: expect.stringContaining('person') })
    },
  )

  test('that is cut in the middle is asked for again, as with the SDK', async () => {
    const { own, sdk } = await withBoth((response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"Items":[', () => response.destroy())
    }, outcomeOf)

    expect(own).toEqual(sdk)
    expect(own).toMatchObject({ requests: 2, message: expect.stringContaining('aborted') })
  })
})

test('the protocol sends no token of its own: lib/store/transact.ts sets it', async () => {
  const write = { Delete: { TableName: 'chat', Key: { pk: { S: 'a' } } } }
  const transaction = new TransactWriteItemsCommand({ TransactItems: [write] })

  const { own, sdk } = await withBoth(
    (response) => response.end('{}'),
    async (client, requests) => {
      await client.send(transaction)
      return JSON.parse(requests[0]!.body) as object
    },
  )

  expect(sdk).toHaveProperty('ClientRequestToken')
  expect(own).not.toHaveProperty('ClientRequestToken')
})
