import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { CannotRun } from '../../../../commands/command.ts'
import { openTable } from '../../../../commands/operate/table/open-table.ts'
import { type DynamoDbServer, startServer } from '../../../support/dynamodb-server.ts'
import { writeEventFile } from '../../../support/event-file.ts'
import { createRoom, useTable } from '../../../support/inbox.ts'
import { quietErrors } from '../../../support/quiet-errors.ts'
import { ended, run } from '../../../support/run.ts'

const table = process.env['TABLE_NAME']!
const engine = process.env['AWS_ENDPOINT_URL_DYNAMODB']!
quietErrors()
useTable()

/**
 * Starts the engine with another clock.
 * @param readClock is called for each response; undefined for a response without a Date header
 * @param failures how many responses are a 500
 */
const startEngine = async (
  readClock: () => number | undefined,
  failures = 0,
): Promise<DynamoDbServer> => {
  const server = await startServer((response) => {
    const now = readClock()
    if (now === undefined) response.sendDate = false
    else response.setHeader('date', new Date(now).toUTCString())
    if (server.requests.length <= failures) response.writeHead(500).end()
    else
      void answer(server.requests.at(-1)!, now).then(({ status, body }) =>
        response.writeHead(status).end(body),
      )
  })
  return server
}

/** Sends a request to the engine. As DynamoDB does, it refuses a signature that is five minutes off. */
const answer = async (
  { headers, body }: DynamoDbServer['requests'][number],
  now: number | undefined,
) => {
  const signedAt = Date.parse(
    String(headers['x-amz-date']).replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'),
  )
  if (Math.abs(signedAt - (now ?? signedAt)) > 300_000)
    return { status: 400, body: '{"__type":"InvalidSignatureException"}' }
  const kept = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target']
  const response = await fetch(engine, {
    method: 'POST',
    headers: Object.fromEntries(kept.map((name) => [name, String(headers[name])])),
    body,
  })
  return { status: response.status, body: await response.text() }
}

const commandsOf = ({ requests }: DynamoDbServer): string[] =>
  requests.map(({ headers }) => String(headers['x-amz-target']).replace(/^.*\./, ''))

describe('opening a table', () => {
  const realClock = Date.now
  afterEach(() => {
    Date.now = realClock
    process.env['TABLE_NAME'] = table
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine
  })

  const open = ({ endpoint }: DynamoDbServer, access: 'read' | 'write' = 'write') => {
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint
    return openTable({ table, yes: false, access })
  }
  /** Sets this machine's clock, but not that of the SDK, which signs with the real one. */
  const setClock = (readClock: () => number): void => {
    Date.now = readClock
  }
  const second = Math.floor(Date.now() / 1000) * 1000

  // The Date header leaves out the milliseconds. Those of DynamoDB's clock are here the worst for the test.
  test.each([
    { title: '29 seconds ahead', aheadMs: 29_000, milliseconds: 999 },
    { title: '29 seconds behind', aheadMs: -29_000, milliseconds: 0 },
    { title: '29.4 seconds ahead', aheadMs: 29_400, milliseconds: 999 },
  ])('succeeds if the clock is $title', async ({ aheadMs, milliseconds }) => {
    const now = second + milliseconds
    await using server = await startEngine(() => now)
    setClock(() => now + aheadMs)

    expect(await open(server)).toMatchObject({ tableName: table })
  })

  test.each([
    { seconds: 31, how: 'ahead of', aheadMs: 31_000, milliseconds: 0 },
    { seconds: 31, how: 'behind', aheadMs: -31_000, milliseconds: 999 },
    { seconds: 30.6, how: 'behind', aheadMs: -30_600, milliseconds: 999 },
  ])("is refused if the clock is $seconds seconds $how DynamoDB's", async (given) => {
    const now = second + given.milliseconds
    await using server = await startEngine(() => now)
    setClock(() => now + given.aheadMs)

    const opened = open(server)

    await expect(opened).rejects.toThrow(CannotRun)
    await expect(opened).rejects.toThrow(
      `The clock of this machine is 31 seconds ${given.how} DynamoDB's, and at most 30 are accepted: synchronize it, for example with NTP, and run the command again. Nothing was written.`,
    )
  })

  test('is refused if the clock is so wrong that DynamoDB does not accept its signature', async () => {
    await using server = await startEngine(() => Date.now() - 3_600_000)

    await expect(open(server)).rejects.toThrow(/ is 360\d seconds ahead of DynamoDB's/)
  })

  test('to read succeeds with a wrong clock', async () => {
    await using server = await startEngine(() => second)
    setClock(() => second + 60_000)

    expect(await open(server, 'read')).toMatchObject({ tableName: table })
  })

  test('succeeds if the response has no Date header', async () => {
    await using server = await startEngine(() => undefined)

    expect(await open(server)).toMatchObject({ tableName: table })
  })

  test.each([
    { title: 'before', beforeMs: 0, afterMs: 40_000 },
    { title: 'after', beforeMs: 40_000, afterMs: 0 },
  ])('succeeds if 40 seconds pass $title the response gets its Date', async (given) => {
    let now = second
    await using server = await startEngine(() => {
      const date = now + given.beforeMs
      now = date + given.afterMs
      return date
    })
    setClock(() => now)

    expect(await open(server)).toMatchObject({ tableName: table })
  })

  test('succeeds if the first try takes two minutes and fails', async () => {
    let now = second
    await using server = await startEngine(
      () => (now += server.requests.length === 1 ? 120_000 : 0),
      1,
    )
    setClock(() => now)

    expect(await open(server)).toMatchObject({ tableName: table })
    expect(server.requests).toHaveLength(2)
  })
})

describe('a command', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clock-'))
    await writeEventFile(join(directory, 'events.jsonl'), 50)
  })
  afterAll(() => rm(directory, { recursive: true }))

  const runAt = ({ endpoint }: DynamoDbServer, command: string, args: string[]) =>
    ended(run(command, ['--table', table, ...args], { AWS_ENDPOINT_URL_DYNAMODB: endpoint }))

  test.each([
    { command: 'import', args: () => [join(directory, 'events.jsonl')] },
    { command: 'erase', args: () => ['ann@example.com'] },
    { command: 'rebuild', args: () => [] },
    { command: 'restore', args: () => ['--from', `${table}-restored`] },
  ])('$command with a wrong clock ends with a sentence and writes nothing', async (given) => {
    await using server = await startEngine(() => Date.now() + 60_000)

    const { code, output } = await runAt(server, given.command, given.args())

    expect(code).toBe(1)
    expect(output).toMatch(
      /^The clock of this machine is \d\d seconds behind DynamoDB's, .* Nothing was written\.$/,
    )
    expect(commandsOf(server)).toEqual(['DescribeTable'])
  })

  test('that works with several threads checks the clock once', async () => {
    await createRoom('single')
    await createRoom('group')
    await using server = await startEngine(() => Date.now() + 20_000)

    const { code, output } = await runAt(server, 'rebuild', [])

    expect(code).toBe(0)
    expect(output).toMatch(/^rebuilt: rooms 2, /m)
    expect(commandsOf(server).filter((name) => name === 'DescribeTable')).toHaveLength(1)
  })
})
