import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { freePort } from '../../../infra/local/ports.ts'
import { ended, run, untilItPrints } from '../../support/run.ts'
import { freshId } from '../../support/inbox.ts'

const engineEndpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB']!

test('npm start prints all that a newcomer needs, and each line works when pasted', async () => {
  const PORT = String(await freePort())
  const server = run('local/start', [], { PORT })
  await untilItPrints(server, 'Ctrl-C')
  const output = server.output()
  const lines = output.split('\n').filter((line) => line.startsWith('  curl'))

  const token = (await ended(run('local/token', ['arizal@example.com'], { PORT }))).output
  const answers = await Promise.all(
    lines.map(async (line) => {
      const [, url] = /'(http.*)'/.exec(line)!
      const method = line.includes('-X POST') ? 'POST' : 'GET'
      const answer = await fetch(url!, { method, headers: { authorization: `Bearer ${token}` } })
      return [answer.status, ((await answer.json()) as { error: boolean }).error]
    }),
  )

  expect(output).toContain(`http://127.0.0.1:${PORT}`)
  expect(output).toContain('Sample users: arizal@example.com, john.doe@example.com')
  expect(answers).toEqual([
    [200, false],
    [200, false],
    [200, false],
  ])
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it and its engine at once', async (signal) => {
  const server = run('local/start', [], { PORT: String(await freePort()) })
  await untilItPrints(server, 'Ctrl-C')
  const [endpoint] = /http:\/\/127\.0\.0\.1:\d+\.\n/.exec(server.output())!
  const start = Date.now()

  server.child.kill(signal)
  const { code } = await ended(server)

  expect(code).toBe(0)
  expect(Date.now() - start).toBeLessThan(1000)
  await expect(fetch(endpoint.slice(0, -2))).rejects.toThrow()
})

describe('with an endpoint that is there already', () => {
  test('it makes the table with the sample chats, and the next start leaves them as they are', async () => {
    const environment = {
      TABLE_NAME: `local-${freshId()}-${process.pid}`,
      AWS_ENDPOINT_URL_DYNAMODB: engineEndpoint,
    }
    const first = run('local/start', [], { ...environment, PORT: String(await freePort()) })
    await untilItPrints(first, 'Ctrl-C')
    const second = run('local/start', [], { ...environment, PORT: String(await freePort()) })
    await untilItPrints(second, 'Ctrl-C')

    expect(first.output()).toContain('Sample users')
    expect(second.output()).toContain('The table was there already')
  })

  test('that is not this machine, it needs --yes', async () => {
    const { code, output } = await ended(
      run('local/start', [], { AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.example.com' }),
    )

    expect({ code, output }).toEqual({
      code: 1,
      output:
        'AWS_ENDPOINT_URL_DYNAMODB is https://dynamodb.example.com, which is not this machine: add --yes (npm start -- --yes) to use it.',
    })
  })
})

describe('a sentence, exit code 1 and no stack trace for', () => {
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
    const { code, output } = await ended(run('local/start', [], { PORT: takenPort }))

    expect({ code, output }).toEqual({
      code: 1,
      output: `Port ${takenPort} is in use: stop what runs there, or set PORT to another one.`,
    })
  })

  test.each(['0', '65536', 'x', '3000.5'])('PORT=%s', async (PORT) => {
    const { code, output } = await ended(run('local/start', [], { PORT }))

    expect({ code, output }).toEqual({
      code: 1,
      output: `PORT is "${PORT}": set it to a port number from 1 to 65535.`,
    })
  })

  test.each(['http://127.0.0.1:9', 'not a url'])('the endpoint %s', async (endpoint) => {
    const { code, output } = await ended(
      run('local/start', [], { AWS_ENDPOINT_URL_DYNAMODB: endpoint }),
    )

    expect(code).toBe(1)
    expect(output).toMatch(/AWS_ENDPOINT_URL_DYNAMODB/)
    expect(output).not.toMatch(/\n/)
  })

  test('a token where no API runs', async () => {
    const PORT = String(await freePort())
    const { code, output } = await ended(run('local/token', ['me@example.com'], { PORT }))

    expect({ code, output }).toEqual({
      code: 1,
      output: `The API does not answer at http://127.0.0.1:${PORT}: start it with npm start, or set PORT to the port it has.`,
    })
  })

  test.each([[[]], [['a', 'b']], [['a', '--claim', 'x']], [['a', '--unknown']]])(
    'a token for %j',
    async (args) => {
      const { code, output } = await ended(run('local/token', args))

      expect(code).toBe(1)
      expect(output).toMatch(/usage: npm run --silent token -- EMAIL/)
    },
  )
})
