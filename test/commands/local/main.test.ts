import { once } from 'node:events'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import getPort from 'get-port'
import { findBinary } from '../../../commands/local/engine.ts'
import { startEngineProxy } from '../../support/engine-proxy.ts'
import { mark, markedProcesses, untilAllHaveEnded } from '../../support/processes.ts'
import { ended, run, runProgram, untilItPrints } from '../../support/run.ts'
import { freshId } from '../../support/inbox.ts'

const engineEndpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB']!
const embedded = findBinary() === undefined ? describe.skip : describe

embedded('over the embedded engine', () => {
  test('npm start prints commands that work when pasted', async () => {
    const PORT = String(await getPort())
    const server = run('start', [], { PORT })
    await untilItPrints(server, 'Ctrl-C')
    const output = server.output()
    const lines = output.split('\n').filter((line) => line.startsWith('  curl'))

    const token = (await ended(run('token', ['arizal@example.com'], { PORT }))).output
    const responses = await Promise.all(
      lines.map(async (line) => {
        const [, url] = /'(http.*)'/.exec(line)!
        const method = line.includes('-X POST') ? 'POST' : 'GET'
        const response = await fetch(url!, {
          method,
          headers: { authorization: `Bearer ${token}` },
        })
        return [response.status, ((await response.json()) as { error: boolean }).error]
      }),
    )

    const pages = await Promise.all(
      [...output.matchAll(/^  the .* (http\S+)$/gm)].map(async ([, url]) => {
        const { status, headers } = await fetch(url!)
        return [new URL(url!).pathname, status, headers.get('content-type')]
      }),
    )

    expect(pages).toEqual([
      ['/', 200, 'text/html; charset=utf-8'],
      ['/docs', 200, 'text/html; charset=utf-8'],
    ])
    expect(output).toContain(`http://127.0.0.1:${PORT}`)
    expect(output).toContain('Sample users: arizal@example.com, john.doe@example.com')
    expect(responses).toEqual([
      [200, false],
      [200, false],
      [200, false],
      [200, false],
    ])
  })

  test('HOST=0.0.0.0 serves all addresses of this machine, prints them, and warns', async () => {
    const PORT = String(await getPort())
    const server = run('start', [], { HOST: '0.0.0.0', PORT })
    await untilItPrints(server, 'Ctrl-C')

    // Every address of 127.0.0.0/8 is this machine's, but a server on 127.0.0.1 does not have them.
    const response = await fetch(`http://127.0.0.2:${PORT}/`)

    expect(response.status).toBe(200)
    expect(server.output()).toContain('gets a token for any address')
    const printed = [...server.output().matchAll(/^  http:\/\/(.*):\d+\/$/gm)].map(([, it]) => it)
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
    expect(printed).toEqual(
      own
        .filter(({ family, internal }) => family === 'IPv4' && !internal)
        .map(({ address }) => address),
    )
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it and its engine at once', async (signal) => {
    const server = run('start', [], { PORT: String(await getPort()) })
    await untilItPrints(server, 'Ctrl-C')
    const [endpoint] = /http:\/\/127\.0\.0\.1:\d+\.\n/.exec(server.output())!
    const start = Date.now()

    server.child.kill(signal)
    const { code } = await ended(server)

    expect(code).toBe(0)
    expect(Date.now() - start).toBeLessThan(1000)
    await expect(fetch(endpoint.slice(0, -2))).rejects.toThrow()
  })

  test('SIGKILL ends its engine with it', async () => {
    const marked = mark()
    const server = run('start', [], { ...marked, PORT: String(await getPort()) })
    await untilItPrints(server, 'Ctrl-C')
    const before = markedProcesses(marked)

    server.child.kill('SIGKILL')
    await untilAllHaveEnded(marked)

    expect(before).toContainEqual(expect.stringMatching(/^\S*dynoxide serve/))
  })

  test('SIGKILL of the npm that runs it ends both', async () => {
    const marked = mark()
    const npm = runProgram('npm', ['start'], { ...marked, PORT: String(await getPort()) })
    await untilItPrints(npm, 'Ctrl-C')
    const before = markedProcesses(marked)

    npm.child.kill('SIGKILL')
    await untilAllHaveEnded(marked)

    expect(before).toContainEqual(expect.stringMatching(/^\S*dynoxide serve/))
  })
})

const leaveChat = async (port: string, email: string, roomId: string): Promise<number> => {
  const base = `http://127.0.0.1:${port}`
  const body = JSON.stringify({ email })
  const response = await fetch(`${base}/local/token`, { method: 'POST', body })
  const { token } = (await response.json()) as { token: string }
  const { status } = await fetch(`${base}/chat/leave?room_id=${roomId}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  return status
}

const listPublished = async (port: string): Promise<unknown> => {
  const response = await fetch(`http://127.0.0.1:${port}/local/published`)
  return ((await response.json()) as { events: unknown }).events
}

describe('with an existing endpoint', () => {
  test('it creates the table with the sample chats, and the next start does not change them', async () => {
    const environment = {
      TABLE_NAME: `local-${freshId()}-${process.pid}`,
      AWS_ENDPOINT_URL_DYNAMODB: engineEndpoint,
    }
    const first = run('start', [], { ...environment, PORT: String(await getPort()) })
    await untilItPrints(first, 'Ctrl-C')
    const second = run('start', [], { ...environment, PORT: String(await getPort()) })
    await untilItPrints(second, 'Ctrl-C')

    expect(first.output()).toContain('Sample users')
    expect(second.output()).toContain('The table already exists')
  })

  test('it publishes a leave from a table that is new, and from one that exists, and names nobody in the output', async () => {
    const environment = {
      TABLE_NAME: `local-${freshId()}-${process.pid}`,
      AWS_ENDPOINT_URL_DYNAMODB: engineEndpoint,
    }
    for (const [email, roomId] of [
      ['arizal@example.com', '32896'],
      ['john.doe@example.com', '31387'],
    ] as const) {
      const PORT = String(await getPort())
      const server = run('start', [], { ...environment, PORT })
      await untilItPrints(server, 'Ctrl-C')
      const welcome = server.output()
      const before = await listPublished(PORT)

      const left = await leaveChat(PORT, email, roomId)
      await untilItPrints(server, 'Published: ')
      await untilItPrints(server, `See http://127.0.0.1:${PORT}/local/published`)

      expect(left).toBe(200)
      expect(welcome).toContain(`what it publishes        http://127.0.0.1:${PORT}/local/published`)
      expect(before).toEqual([])
      expect(await listPublished(PORT)).toContainEqual({
        id: expect.any(Number),
        source: 'chat-inbox',
        'detail-type': 'participant.left',
        detail: { occurred_at: expect.any(String), room_id: roomId, email },
      })
      expect(server.output().slice(welcome.length)).not.toContain('@')
      server.child.kill('SIGKILL')
    }
  })

  test('without streams, it works, publishes nothing and says why', async () => {
    const proxy = await startEngineProxy()
    proxy.refuses = /^DynamoDBStreams/
    const PORT = String(await getPort())
    const server = run('start', [], {
      PORT,
      TABLE_NAME: `local-${freshId()}-${process.pid}`,
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
    })
    await untilItPrints(server, 'Ctrl-C')

    const left = await leaveChat(PORT, 'arizal@example.com', '32896')

    expect(left).toBe(200)
    expect(await listPublished(PORT)).toEqual([])
    expect(server.output()).toContain(
      `Nothing is published, because the DynamoDB on ${proxy.endpoint} gives no stream of the table (UnknownOperationException: UnknownError).`,
    )
    proxy.close()
  })

  test('on another machine, it needs --yes', async () => {
    const { code, output } = await ended(
      run('start', [], { AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.example.com' }),
    )

    expect({ code, output }).toEqual({
      code: 1,
      output:
        'AWS_ENDPOINT_URL_DYNAMODB is https://dynamodb.example.com, which is not this machine: add --yes (npm start -- --yes) to use it.',
    })
  })
})

describe('a sentence and no stack trace for', () => {
  let taken: Server
  let takenPort: string
  beforeAll(async () => {
    taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    takenPort = String((taken.address() as { port: number }).port)
  })
  afterAll(() => {
    taken.close()
  })

  test('a port in use', async () => {
    const { code, output } = await ended(run('start', [], { PORT: takenPort }))

    expect({ code, output }).toEqual({
      code: 1,
      output: `Port ${takenPort} is in use: stop the program that uses it, or set PORT to another port.`,
    })
  })

  test.each(['0', '65536', 'x', '3000.5'])('PORT=%s', async (PORT) => {
    const { code, output } = await ended(run('start', [], { PORT }))

    expect({ code, output }).toEqual({
      code: 2,
      output: `PORT is "${PORT}": set it to a port number from 1 to 65535.`,
    })
  })

  test.each(['localhost', '192.168.1.20', '::'])('HOST=%s', async (HOST) => {
    const { code, output } = await ended(run('start', [], { HOST }))

    expect({ code, output }).toEqual({
      code: 2,
      output: `HOST is "${HOST}": set it to 0.0.0.0 to serve all networks of this machine, or to 127.0.0.1 to serve this machine only.`,
    })
  })

  test.each(['ab', 'a'.repeat(256), 'chat inbox', 'chät'])('TABLE_NAME=%s', async (name) => {
    const { code, output } = await ended(run('start', [], { TABLE_NAME: name }))

    expect({ code, output }).toEqual({
      code: 2,
      output: `TABLE_NAME is "${name}": a table's name has 3 to 255 letters (a-z, A-Z), digits, underscores, hyphens and dots.`,
    })
  })

  test.each([
    ['http://127.0.0.1:9', 1],
    ['not a url', 2],
  ])('the endpoint %s', async (endpoint, exitCode) => {
    const { code, output } = await ended(run('start', [], { AWS_ENDPOINT_URL_DYNAMODB: endpoint }))

    expect(code).toBe(exitCode)
    expect(output).toMatch(/AWS_ENDPOINT_URL_DYNAMODB/)
    expect(output).not.toMatch(/\n/)
  })

  test('a token where no API runs', async () => {
    const PORT = String(await getPort())
    const { code, output } = await ended(run('token', ['me@example.com'], { PORT }))

    expect({ code, output }).toEqual({
      code: 1,
      output: `The API does not respond at http://127.0.0.1:${PORT}: start it with npm start, or set PORT to its port.`,
    })
  })

  describe('another program', () => {
    let other: HttpServer
    let PORT: string
    beforeAll(async () => {
      other = createHttpServer((_request, response) => response.end('<html></html>'))
      other.listen(0, '127.0.0.1')
      await once(other, 'listening')
      PORT = String((other.address() as { port: number }).port)
    })
    afterAll(() => {
      other.close()
    })

    test.each([
      ['token', ['me@example.com'], '/local/token'],
      ['import', [fileURLToPath(import.meta.url)], '/local/table'],
      ['erase', ['me@example.com'], '/local/table'],
    ])('at the port where %s asks for the API', async (command, args, path) => {
      const { code, output } = await ended(run(command, args, { PORT }))

      expect({ code, output }).toEqual({
        code: 1,
        output: `http://127.0.0.1:${PORT}${path} does not respond as the API does (status 200): check that npm start runs there and not another program, or set PORT to its port.`,
      })
    })

    test('at the endpoint of DynamoDB', async () => {
      const { code, output } = await ended(
        run('start', [], {
          PORT: String(await getPort()),
          AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${PORT}`,
        }),
      )

      expect(code).toBe(1)
      expect(output).toMatch(
        /what responds there is not DynamoDB: stop it, or correct AWS_ENDPOINT/,
      )
      expect(output).not.toMatch(/\n {4}at /)
    })
  })

  test.each([[[]], [['a', 'b']], [['a', '--claim', 'x']], [['a', '--unknown']]])(
    'a token for %j',
    async (args) => {
      const { code, output } = await ended(run('token', args))

      expect(code).toBe(2)
      expect(output).toMatch(/usage: npm run --silent token -- EMAIL/)
    },
  )

  test('an option that npm start does not have', async () => {
    const { code, output } = await ended(run('start', ['--port', '80']))

    expect(code).toBe(2)
    expect(output).toMatch(/^Unknown option '--port'\n\nusage: npm start/)
  })
})
