import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import getPort from 'get-port'
import { CannotRun } from '../command.ts'
import { startWithUs } from './start-with-us.ts'
import { waitUntil } from './wait-until.ts'

export interface Engine {
  endpoint: string
  process: ChildProcess
}

const startLimitMs = 10_000

interface EngineOptions {
  /** A free port of this machine by default. */
  port?: number
  /** The file that keeps the tables after the engine has ended. In memory by default. */
  file?: string
}

/**
 * Starts the embedded DynamoDB engine. It ends with this process, even if this process is killed.
 * @throws CannotRun if it is not installed or does not start
 */
export const startEngine = async (options: EngineOptions = {}): Promise<Engine> => {
  const binary = findBinary()
  if (binary === undefined)
    throw new CannotRun(
      'The embedded DynamoDB engine is not installed here (it runs on Linux x64; npm ci installs it there): ' +
        'run DynamoDB Local (docker run -p 8000:8000 amazon/dynamodb-local) ' +
        'and set AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000.',
    )
  const { port = await getPort(), file } = options
  const storage = file === undefined ? [] : ['--db-path', file]
  const child = startWithUs([binary, 'serve', '--port', String(port), ...storage])
  const endpoint = `http://127.0.0.1:${port}`
  const ended = once(child, 'exit').then(([code]) => {
    throw new CannotRun(
      `The embedded DynamoDB engine does not start (exit code ${code}): run ${binary} serve to see why.`,
    )
  })
  await Promise.race([ended, waitForListener(port)])
  return { endpoint, process: child }
}

/** @returns undefined if the engine's package is not installed */
export const findBinary = (): string | undefined => {
  try {
    return createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide')
  } catch {
    return undefined
  }
}

/**
 * Waits until the engine listens on its port. It sends no request: Node takes as long to load `fetch` as the engine
 * takes to start.
 */
const waitForListener = async (port: number): Promise<void> => {
  if (!(await waitUntil(() => isListening(port), startLimitMs)))
    throw new CannotRun(
      `The embedded DynamoDB engine did not start within ${startLimitMs / 1000} s: run the command again.`,
    )
}

const isListening = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
