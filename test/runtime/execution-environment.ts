import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { heapOptions, lambdaEnvironment } from '../support/lambda-process.ts'
import type { Owned } from '../support/owned.ts'
import type { DeployedFunction } from './assembly.ts'
import { type LogEvent, readLog } from './log.ts'
import { FunctionError, startRuntimeApi } from './runtime-api.ts'
import type { RuntimeClient } from './runtime-client.ts'

/** A process of a function, which Lambda calls an execution environment. */
export interface ExecutionEnvironment {
  function: DeployedFunction
  /** Waits until the function has loaded. @throws FunctionError if it fails to */
  ready: () => Promise<void>
  /**
   * Invokes the function, within its time limit.
   * @returns its response
   * @throws FunctionError if it fails to start, to respond or to respond in time
   */
  invoke: (event: unknown) => Promise<any>
  log: () => LogEvent[]
  /** Everything that it printed without the runtime client. */
  output: () => string
  /** The names of the packages that it imported. */
  imports: () => string[]
  /** Resolves when the process has ended. */
  end: () => Promise<void>
}

const region = 'us-east-1'
/** Lambda gives a function this long to start. */
const initLimitMs = 10_000
const kill = 'SIGKILL'

/**
 * Starts a function as Lambda does: with Lambda's runtime client, environment variables, options of Node, log
 * channel and time limits. Between invocations, the process is frozen.
 * @param variables further environment variables. Undefined removes one.
 */
export const startExecutionEnvironment = async (
  { start, directory }: Owned,
  { main, noteImports }: RuntimeClient,
  deployed: DeployedFunction,
  variables: NodeJS.ProcessEnv,
): Promise<ExecutionEnvironment> => {
  const { name, code, handler, memorySize, timeoutMs, environment } = deployed
  const api = await startRuntimeApi(() => child.kill('SIGSTOP'))
  const child = start(
    process.execPath,
    [...heapOptions(memorySize), '--require', noteImports, main],
    {
      env: {
        ...lambdaEnvironment({
          ...{ name, handler, memorySize, region },
          ...{ taskRoot: code, home: join(directory, 'home') },
        }),
        AWS_LAMBDA_RUNTIME_API: api.address,
        _LAMBDA_TELEMETRY_LOG_FD: '3',
        ...environment,
        ...variables,
      },
      pipes: 2,
    },
  )
  const [, out, err, log, imports] = (child.stdio as (Readable | null)[]).map((stream) =>
    stream ? collect(stream) : () => Buffer.alloc(0),
  )
  const ended = new Promise<void>((resolve) =>
    child.once('close', (status) => {
      api.fail(
        new FunctionError('Runtime.ExitError', `Runtime exited with error: exit status ${status}`),
      )
      api.close()
      resolve()
    }),
  )

  /** Ends the process if the work takes too long, as Lambda does. */
  const within = async <T>(limitMs: number, work: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => {
      const seconds = (limitMs / 1000).toFixed(2)
      api.fail(new FunctionError('Sandbox.Timedout', `Task timed out after ${seconds} seconds`))
      child.kill(kill)
    }, limitMs)
    return work.finally(() => {
      clearTimeout(timer)
    })
  }
  const loaded = within(initLimitMs, api.ready())
  loaded.catch(() => undefined)

  return {
    function: deployed,
    ready: async () => {
      await loaded
    },
    invoke: async (event) => {
      await within(initLimitMs, api.ready())
      child.kill('SIGCONT')
      const invocation = {
        requestId: randomUUID(),
        functionArn: `arn:aws:lambda:${region}:123456789012:function:${name}:live`,
        deadlineMs: Date.now() + timeoutMs,
        event,
      }
      return within(timeoutMs, api.invoke(invocation))
    },
    log: () => readLog(log!()),
    output: () => `${String(out!())}${String(err!())}`,
    imports: () => String(imports!()).split('\n').filter(Boolean),
    end: async () => {
      child.kill(kill)
      await ended
    },
  }
}

/** @returns a function that returns everything that has been read so far */
const collect = (stream: Readable): (() => Buffer) => {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks)
}
