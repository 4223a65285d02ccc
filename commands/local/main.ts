import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import { createServer } from 'node:net'
import { CannotRun, readOptions, runCommand, WrongUse } from '../command.ts'
import {
  defaultHost,
  defaultPort,
  defaultTableName,
  isThisMachine,
  readEnvironment,
} from '../environment.ts'
import { endWithNpm } from './end-with-npm.ts'
import { startEngine } from './engine.ts'
import { waitForResponse } from './wait-until.ts'

const usage = `usage: npm start -- [options]

  --yes   uses the DynamoDB that AWS_ENDPOINT_URL_DYNAMODB names even if it is not on this machine
  --help  prints this

HOST (${defaultHost}), PORT (${defaultPort}), TABLE_NAME (${defaultTableName}) and AWS_ENDPOINT_URL_DYNAMODB (none: the
embedded DynamoDB) are environment variables; docs/local.md describes them.`

/** How long an existing endpoint may take to respond. */
const responseLimitMs = 3000

/** Runs the API on this machine, over the embedded engine or the endpoint that the environment names. */
const startApi = async (): Promise<void> => {
  const { values } = readOptions(usage, { options: { yes: { type: 'boolean', default: false } } })
  const { host, port, tableName, endpoint } = readEnvironment()
  await checkPort(port, host)

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))
  endWithNpm()
  const [dynamoDb, { serveApi }] = await Promise.all([
    endpoint === undefined ? startEmbeddedEngine() : useEndpoint(endpoint, values.yes),
    // Imported here because the server and the SDK are large: they load while the engine starts.
    import('./serve-api.ts'),
  ])
  console.log(await serveApi(host, port, { endpoint: dynamoDb, tableName }))
  // Node would do it at the end of the process, but not after SIGKILL.
  flushCompileCache()
}

/** @throws CannotRun when the port is in use, WrongUse when this user may not listen on it */
const checkPort = async (port: number, host: string): Promise<void> => {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new CannotRun(
        `Port ${port} is in use: stop the program that uses it, or set PORT to another port.`,
      )
    if (code === 'EACCES')
      throw new WrongUse(`PORT is ${port}, which only root can use: set it to 1024 or more.`)
    throw error
  }
  server.close()
  await once(server, 'close')
}

const startEmbeddedEngine = async (): Promise<string> => {
  const engine = await startEngine()
  process.on('exit', () => engine.process.kill('SIGKILL'))
  engine.process.on('exit', () => {
    console.error('The embedded DynamoDB engine has stopped: run npm start again.')
    process.exit(1)
  })
  return engine.endpoint
}

const useEndpoint = async (endpoint: string, yes: boolean): Promise<string> => {
  if (!isThisMachine(endpoint) && !yes)
    throw new CannotRun(
      `AWS_ENDPOINT_URL_DYNAMODB is ${endpoint}, which is not this machine: add --yes (npm start -- --yes) to use it.`,
    )
  await waitForResponse(endpoint, responseLimitMs)
  return endpoint
}

// The script in package.json sets NODE_COMPILE_CACHE. A call here would not cover this file and its imports.
runCommand(startApi)
