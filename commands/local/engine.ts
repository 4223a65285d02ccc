import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { setTimeout } from 'node:timers/promises'
import getPort from 'get-port'
import { CannotRun } from '../command.ts'

export interface Engine {
  endpoint: string
  process: ChildProcess
}

const startLimitMs = 10_000
const pollMs = 5

/**
 * Runs a command until standard input closes, which happens even if this process is killed. The
 * shell becomes the command (exec), so that its process id, its signals and its exit code are the
 * command's own. The watcher in the background reads from a copy of standard input, because a
 * shell gives none to background jobs.
 */
const untilInputCloses = 'exec 3<&0 </dev/null; (read -r _ <&3; kill -KILL $$) & exec "$@" 3<&-'

/**
 * Starts a program that ends with this process, even if this process is killed.
 * @param output the file descriptor for its output; by default, its output is dropped
 */
export const startWithUs = (
  program: string[],
  { output = 'ignore', env = process.env }: StartOptions = {},
): ChildProcess =>
  spawn('sh', ['-c', untilInputCloses, 'sh', ...program], { stdio: ['pipe', output, output], env })

interface StartOptions {
  output?: 'ignore' | number
  env?: NodeJS.ProcessEnv
}

interface EngineOptions {
  /** A free port of this machine by default. */
  port?: number
  /** The file that keeps the tables after the engine has ended. In memory by default. */
  file?: string
}

/**
 * Starts the embedded DynamoDB engine. It ends with this process, even if this process is killed.
 * @throws CannotRun if it is not installed or does not answer
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
  await Promise.race([ended, waitForAnswer(endpoint, startLimitMs)])
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

/** @throws CannotRun if nothing answers at the endpoint within the limit */
export const waitForAnswer = async (endpoint: string, limitMs: number): Promise<void> => {
  const end = Date.now() + limitMs
  for (;;) {
    try {
      await fetch(endpoint, { signal: AbortSignal.timeout(limitMs) })
      return
    } catch {
      if (Date.now() > end)
        throw new CannotRun(
          `No DynamoDB answers at ${endpoint}: start it, or set AWS_ENDPOINT_URL_DYNAMODB to its URL.`,
        )
      await setTimeout(pollMs)
    }
  }
}
