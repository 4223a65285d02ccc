import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Piscina } from 'piscina'

/**
 * A module of functions that work on a table. Each takes one value and returns one, and both are copied
 * between threads, so they are plain data: an error loses its class and its name.
 */
type WorkModule = Record<string, (input: never) => Promise<unknown>>

/** Threads that work on a table, each with its own connections to it. */
export interface Workers<Work extends WorkModule> {
  /** How many pieces of work keep all threads busy. */
  capacity: number
  /**
   * Does one piece of work in a thread that is free.
   * @throws if the work fails, or if its thread ends before it is done
   */
  run: <Name extends keyof Work & string>(
    name: Name,
    input: Parameters<Work[Name]>[0],
  ) => ReturnType<Work[Name]>
  end: () => Promise<void>
}

/** Pieces of work that a thread has in progress: most of them wait for DynamoDB. */
const piecesPerThread = 8

/**
 * Prepares threads, which start once there is work for them. They take the environment of this moment.
 * @param file of the module with the work
 * @param threads at most; one per core, because each is bound by its CPU
 */
export const startWorkers = <Work extends WorkModule>(
  file: URL,
  threads = availableParallelism(),
): Workers<Work> => {
  const pool = new Piscina({
    filename: file.href,
    // With this cache, Node strips and compiles each file once, so that a thread loads with half the CPU time.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env },
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: Infinity,
    // Without a limit, V8 collects rarely, and the memory of the process grows with the table.
    resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 },
    concurrentTasksPerWorker: piecesPerThread,
    // With atomics, a thread without work would not see that DynamoDB closes its connections.
    atomics: 'disabled',
  })
  let failure: Error | undefined
  pool.on('error', (error: Error) => {
    failure = error
  })
  // The end of one thread ends all: work that waits for a thread could wait for ever. The thread's own
  // work fails first, with the reason.
  pool.once('workerDestroy', () =>
    setImmediate(() => {
      failure ??= new Error('a thread ended')
      void pool.destroy()
    }),
  )
  const run = async (name: string, input: unknown): Promise<unknown> => {
    try {
      if (failure !== undefined) throw failure
      return (await pool.run(input, { name })) as unknown
    } catch (error) {
      throw failure ?? error
    }
  }
  return {
    capacity: threads * piecesPerThread,
    run: (name, input) => run(name, input) as ReturnType<Work[typeof name]>,
    end: () => pool.destroy(),
  }
}
