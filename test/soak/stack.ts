import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import getPort from 'get-port'
import { CannotRun } from '../../commands/command.ts'
import { type Engine, startEngine } from '../../commands/local/engine.ts'
import { startWithUs } from '../../commands/local/start-with-us.ts'
import { tablePath } from '../../commands/environment.ts'
import { findCommandFile } from '../support/command-file.ts'
import { compileCache } from '../support/compile-cache.ts'

const startLimitMs = 30_000
const pollMs = 50

export const processNames = ['functions', 'engine'] as const
export type ProcessName = (typeof processNames)[number]

/** What a process uses at one moment. */
export interface Usage {
  pid: number
  memoryMb: number
  /** Open files, connections included. */
  files: number
}

/**
 * What `npm start` runs, with an engine that keeps its table in a file. The table survives if the engine or the
 * functions are killed. Everything ends with this process.
 */
export class Stack {
  readonly url: string
  readonly directory: string
  /** How often the process of the functions was started. Its tokens are valid for this start only. */
  starts = 0
  /** Whether the files of the table and the output stay when this process ends. */
  keepsFiles = false
  readonly #log: number
  #engine: Engine
  #functions: ChildProcess | undefined

  private constructor(directory: string, port: number, engine: Engine) {
    this.directory = directory
    this.url = `http://127.0.0.1:${port}`
    this.#engine = engine
    this.#log = openSync(this.logFile, 'a')
  }

  static async start(): Promise<Stack> {
    const directory = mkdtempSync(join(tmpdir(), 'soak-'))
    const engine = await startEngine({ file: join(directory, 'table.db') })
    const stack = new Stack(directory, await getPort(), engine)
    process.on('exit', () => {
      stack.#engine.process.kill('SIGKILL')
      stack.#functions?.kill('SIGKILL')
      if (!stack.keepsFiles)
        rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    })
    await stack.startFunctions()
    return stack
  }

  /** The output of the functions' process and of the imports. */
  get logFile(): string {
    return join(this.directory, 'output.log')
  }

  /** Starts a command as `npm run` does, for the API of this stack. Its output goes to the log. */
  startCommand(name: string, args: string[] = []): ChildProcess {
    const { PATH, HOME } = process.env
    return startWithUs([process.execPath, findCommandFile(name), ...args], {
      output: this.#log,
      env: {
        PATH,
        HOME,
        NODE_COMPILE_CACHE: compileCache,
        PORT: new URL(this.url).port,
        TABLE_NAME: 'soak',
        ...(name === 'start' && { AWS_ENDPOINT_URL_DYNAMODB: this.#engine.endpoint }),
      },
    })
  }

  async startFunctions(): Promise<void> {
    this.#functions = this.startCommand('start')
    this.starts += 1
    const end = Date.now() + startLimitMs
    while (!(await this.#responds())) {
      if (hasEnded(this.#functions) || Date.now() > end)
        throw new CannotRun(`npm start does not start: ${this.tailOfLog()}`)
      await setTimeout(pollMs)
    }
  }

  async killFunctions(): Promise<void> {
    await kill(this.#functions!)
  }

  async startEngineAgain(): Promise<void> {
    const port = Number(new URL(this.#engine.endpoint).port)
    this.#engine = await startEngine({ port, file: join(this.directory, 'table.db') })
  }

  async killEngine(): Promise<void> {
    await kill(this.#engine.process)
  }

  stopEngine(): void {
    this.#engine.process.kill('SIGSTOP')
  }

  continueEngine(): void {
    this.#engine.process.kill('SIGCONT')
  }

  measure(): Record<ProcessName, Usage | undefined> {
    return { functions: readUsage(this.#functions), engine: readUsage(this.#engine.process) }
  }

  tailOfLog(): string {
    return readFileSync(this.logFile, 'utf8').slice(-2000)
  }

  async #responds(): Promise<boolean> {
    const response = await fetch(`${this.url}${tablePath}`).catch(() => undefined)
    return response?.ok === true
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null

const kill = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** @returns undefined while it does not run */
const readUsage = (child: ChildProcess | undefined): Usage | undefined => {
  const pid = child?.pid
  if (child === undefined || pid === undefined || hasEnded(child)) return undefined
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const memoryMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
    return { pid, memoryMb, files: readdirSync(`/proc/${pid}/fd`).length }
  } catch {
    return undefined
  }
}
