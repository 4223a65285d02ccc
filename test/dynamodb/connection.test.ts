import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from '@jest/globals'
import { openConnection } from '../../lib/dynamodb/connection.ts'
import { type DynamoDbServer, startServer } from '../support/dynamodb-server.ts'

const command = new GetItemCommand({ TableName: 'chat', Key: { pk: { S: 'a' } } })

const connect = ({ endpoint }: Pick<DynamoDbServer, 'endpoint'>): DynamoDBClient => {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  openConnection(client)
  return client
}

describe('the connection that opens at load', () => {
  test('is the one of the first call, and asks for nothing that costs', async () => {
    await using server = await startServer((response) => response.end('{}'))

    const client = connect(server)
    await client.send(command)
    await client.send(command)

    expect(server.connections()).toBe(1)
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST'])
    const [{ path, headers, body }] = server.requests as [DynamoDbServer['requests'][number]]
    expect({ path, body }).toEqual({ path: '/', body: '' })
    expect(headers).not.toHaveProperty('authorization')
  })

  test.each([
    ['responds with an error', (response) => response.writeHead(500).end('<html>')],
    ['breaks', (response) => response.destroy()],
  ] as [string, Parameters<typeof startServer>[0]][])(
    'costs no call if it %s',
    async (_, respond) => {
      await using server = await startServer((response) => {
        if (server.requests.length === 1) respond(response)
        else response.end('{"Item":{"pk":{"S":"a"}}}')
      })

      const { Item } = await connect(server).send(command)

      expect(Item).toEqual({ pk: { S: 'a' } })
      expect(server.requests).toHaveLength(2)
    },
  )

  test('delays the first call by a second at most if it hangs', async () => {
    await using server = await startServer((response) => {
      if (server.requests.length > 1) response.end('{"Item":{"pk":{"S":"a"}}}')
    })
    const start = performance.now()

    const { Item } = await connect(server).send(command)

    expect(Item).toEqual({ pk: { S: 'a' } })
    expect(performance.now() - start).toBeLessThan(1900)
  })

  test('does not disturb the start where nothing listens', async () => {
    const server = await startServer((response) => response.end())
    const { endpoint } = server
    await server[Symbol.asyncDispose]()

    const client = connect({ endpoint })

    await expect(client.send(command)).rejects.toThrow('ECONNREFUSED')
  })
})
