import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import getPort from 'get-port'
import { cleanEnvironment, type Owned } from '../support/owned.ts'
import { until } from './until.ts'

/** The emulated AWS of this run: empty at the start, deleted at the end. */
export interface Emulator {
  endpoint: string
  port: number
  /** The last lines of its log, which includes the logs of the functions. */
  logTail: () => string
}

const startLimitMs = 30_000
const tailLines = 60
const tailWidth = 300

/** @param certificateFile of the issuer whose tokens the emulator trusts, if it is to check tokens */
export const startEmulator = async (
  { directory, start }: Owned,
  python: string,
  certificateFile?: string,
): Promise<Emulator> => {
  const port = await getPort()
  const endpoint = `http://127.0.0.1:${port}`
  const logFile = join(directory, 'emulator.log')
  const child = start(python, ['-m', 'ministack'], {
    output: openSync(logFile, 'w'),
    env: {
      ...cleanEnvironment(directory),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      LAMBDA_EXECUTOR: 'local',
      // These two would listen on additional ports.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      STATE_DIR: join(directory, 'state'),
      S3_DATA_DIR: join(directory, 's3'),
      ...(certificateFile !== undefined && { SSL_CERT_FILE: certificateFile }),
    },
  })
  const logTail = () =>
    readFileSync(logFile, 'utf8')
      .split('\n')
      .slice(-tailLines)
      .map((line) => line.slice(0, tailWidth))
      .join('\n')

  await Promise.race([
    until('the emulator responds', startLimitMs, async () => {
      await fetch(`${endpoint}/_ministack/health`)
    }),
    once(child, 'exit').then(() => {
      throw new Error(`The emulator has ended:\n${logTail()}`)
    }),
  ])
  return { endpoint, port, logTail }
}
