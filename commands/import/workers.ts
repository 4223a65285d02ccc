import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { CannotRun } from '../command.ts'
import { listMessages } from '../table/list-messages.ts'
import type * as tableWork from './table-work.ts'

type Work = typeof tableWork

/** Threads that work on a table, each with its own connections to it. */
export interface Workers {
  /** How many pieces of work keep all threads busy. */
  capacity: number
  /**
   * Does one piece of work in a thread that is free.
   * @throws CannotRun if the work fails, or if its thread ends before it is done
   */
  run: <Name extends keyof Work>(
    name: Name,
    input: Parameters<Work[Name]>[0],
  ) => ReturnType<Work[Name]>
  end: () => Promise<void>
}

/** Pieces of work that a thread has in progress: most of them wait for DynamoDB. */
const piecesPerThread = 8

/**
 * Prepares threads, which start once there is work for them. They take the environment of this moment.
 * @param target names the table to people
 * @param threads at most; one per core, because each is bound by its CPU
 */
export const startWorkers = (target: string, threads = availableParallelism()): Workers => {
  const pool = new Piscina({
    filename: new URL('./table-work.ts', import.meta.url).href,
    env: process.env,
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: Infinity,
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
      const reasons = listMessages(failure ?? error).join(': ')
      throw new CannotRun(
        `The work on ${target} stopped (${reasons}). Run the command again to continue.`,
      )
    }
  }
  return {
    capacity: threads * piecesPerThread,
    run: (name, input) => run(name, input) as ReturnType<Work[typeof name]>,
    end: () => pool.destroy(),
  }
}
