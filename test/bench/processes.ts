import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { CannotRun } from '../../commands/command.ts'
import { startEngine } from '../../commands/local/engine.ts'
import { heapOptions, lambdaEnvironment } from '../support/lambda-process.ts'
import type { Contestant } from './contestants.ts'
import type { CpuQuota } from './cpu-quota.ts'
import type { FunctionResponse, Block, BlockResult, Loaded, Probe, Start } from './lambda.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
/** The inbox, with compact rows. */
export const tableName = 'chat'
/** The same listings for the references, with plain rows. */
export const plainTableName = 'chat-plain'
const tables = { compact: tableName, plain: plainTableName }
const region = 'us-east-1'
/** The memory of the listing functions, in MB. */
const memoryOfListings = 512
const responseLimitMs = 60_000

const children = new Set<ChildProcess>()
/** Ends all children with this process. Those that are `detached` end with everything that they started. */
export const endWithUs = (child: ChildProcess, detached = false): ChildProcess => {
  children.add(child)
  child.once('exit', () => children.delete(child))
  if (detached)
    process.once('exit', () => {
      endGroup(child)
    })
  return child
}
export const endGroup = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // The whole group has already ended.
  }
}

const coreOfFunctions = availableParallelism() - 1
const hasTaskset = ((): boolean => {
  try {
    execFileSync('taskset', ['-c', String(coreOfFunctions), 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
/** Describes how the processes of the functions are kept on one core. */
export const pinning = hasTaskset
  ? `pinned to core ${coreOfFunctions}`
  : 'not pinned to a core, since there is no taskset here'

const pinned = (core: string, command: string[]): [string, string[]] => {
  const [first, ...rest] = hasTaskset ? ['taskset', '-c', core, ...command] : command
  return [first!, rest]
}
/** Keeps everything except the function off its core. */
const otherCores = coreOfFunctions > 1 ? `0-${coreOfFunctions - 1}` : '0'

/** A temporary directory, an embedded engine with TLS in front of it, and a way to start functions. */
export interface Machine {
  directory: string
  /** The engine's own, without TLS. */
  endpoint: string
  /** @param quota what the process may use from its first call on */
  start: (program: Program, quota?: CpuQuota) => Promise<Running>
}

/** What runs in a process of its own. */
interface Program extends Pick<Contestant, 'name' | 'rows' | 'file' | 'eventFile'> {
  /** MB; as much as the listing functions have, if left out. */
  memorySize?: number
}

/** A function's process, after its first call. */
export interface Running extends Start {
  run: (block: Block) => Promise<BlockResult>
  probe: (probe: Probe) => Promise<FunctionResponse>
  end: () => Promise<void>
}

export const startMachine = async (): Promise<Machine> => {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'))
  process.on('exit', () => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => process.exit(128 + constants.signals[signal]))

  const engine = await startEngine()
  endWithUs(engine.process)
  if (hasTaskset)
    execFileSync('taskset', ['-acp', otherCores, String(engine.process.pid)], { stdio: 'ignore' })

  const certificateFile = join(directory, 'certificate.pem')
  const proxy = spawnWithMessages(
    otherCores,
    [here('tls-proxy.ts'), new URL(engine.endpoint).port, certificateFile],
    process.env,
  )
  const tlsPort = await receive<number>(proxy, 'the TLS proxy')

  // It is bundled, so that the measured process does not have to strip types.
  const lambda = join(directory, 'lambda.cjs')
  await build({
    entryPoints: [here('lambda.ts')],
    outfile: lambda,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'error',
  })
  /** As Lambda sets it, with the SDK pointed to this machine. */
  const environment = (memorySize: number): NodeJS.ProcessEnv => ({
    ...lambdaEnvironment({
      ...{ name: 'bench', handler: 'index.handler', memorySize, region },
      ...{ taskRoot: directory, home: directory },
    }),
    AWS_ENDPOINT_URL_DYNAMODB: `https://localhost:${tlsPort}`,
    NODE_EXTRA_CA_CERTS: certificateFile,
  })

  return {
    directory,
    endpoint: engine.endpoint,
    start: async ({ name, rows, file, eventFile, memorySize = memoryOfListings }, quota) => {
      const child = spawnWithMessages(
        String(coreOfFunctions),
        [...heapOptions(memorySize), lambda, file, eventFile],
        { ...environment(memorySize), TABLE_NAME: tables[rows], ROWS: rows },
      )
      await receive<Loaded>(child, name)
      quota?.add(child.pid!)
      child.send('call')
      const start = await receive<Start>(child, name)
      const ask = async <T>(message: Block | Probe): Promise<T> => {
        child.kill('SIGCONT')
        child.send(message)
        const result = await receive<T>(child, name)
        // Lambda also pauses a process between calls. Otherwise the idle work of V8 would disturb other processes.
        child.kill('SIGSTOP')
        return result
      }
      return {
        ...start,
        run: (block) => ask(block),
        probe: (probe) => ask(probe),
        end: async () => {
          child.kill('SIGKILL')
          if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
        },
      }
    },
  }
}

const spawnWithMessages = (core: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess => {
  const [command, rest] = pinned(core, [process.execPath, ...args])
  const child = spawn(command, rest, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  return endWithUs(child)
}

/** @throws CannotRun with the output of the process if it ends without a response */
const receive = async <T>(child: ChildProcess, name: string): Promise<T> => {
  let errors = ''
  const hear = (data: Buffer) => (errors += String(data))
  child.stderr!.on('data', hear)
  const done = new AbortController()
  try {
    const signal = AbortSignal.any([done.signal, AbortSignal.timeout(responseLimitMs)])
    const ended = once(child, 'close', { signal }).then(() => {
      throw new CannotRun(`The process of ${name} ended:\n${errors}`)
    })
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [T]
    return message
  } finally {
    done.abort()
    child.stderr!.off('data', hear)
  }
}
