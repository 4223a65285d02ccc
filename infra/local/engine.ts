import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { setTimeout } from 'node:timers/promises'
import { CannotRun } from '../command.ts'
import { freePort } from './ports.ts'

export interface Engine {
  endpoint: string
  process: ChildProcess
}

const startLimitMs = 10_000
const pollMs = 5

/**
 * Starts the embedded DynamoDB engine, in memory, on a free port of this machine.
 * @throws CannotRun where there is none for this machine, or it does not answer
 */
export const startEngine = async (): Promise<Engine> => {
  const binary = findBinary()
  const port = await freePort()
  const child = spawn(binary, ['serve', '--port', String(port)], { stdio: 'ignore' })
  const endpoint = `http://127.0.0.1:${port}`
  const failed = once(child, 'error').then(([error]) => {
    throw new CannotRun(`The embedded DynamoDB engine does not start: ${String(error)}`)
  })
  await Promise.race([failed, untilItAnswers(endpoint, startLimitMs)])
  return { endpoint, process: child }
}

const findBinary = (): string => {
  try {
    return createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide')
  } catch {
    throw new CannotRun(
      'The embedded DynamoDB engine is not installed here (it runs on Linux x64; npm ci installs it there): ' +
        'run DynamoDB Local (docker run -p 8000:8000 amazon/dynamodb-local) ' +
        'and set AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000.',
    )
  }
}

/** @throws CannotRun when nothing answers at the endpoint within the time */
export const untilItAnswers = async (endpoint: string, limitMs: number): Promise<void> => {
  const end = Date.now() + limitMs
  for (;;) {
    try {
      await fetch(endpoint, { signal: AbortSignal.timeout(limitMs) })
      return
    } catch {
      if (Date.now() > end)
        throw new CannotRun(
          `No DynamoDB answers at ${endpoint}: start it, or set AWS_ENDPOINT_URL_DYNAMODB to where it is.`,
        )
      await setTimeout(pollMs)
    }
  }
}
