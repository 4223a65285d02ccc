import { CannotRun } from '../../commands/command.ts'

/** Prints how long a step took, or which step failed. */
export const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const start = performance.now()
  try {
    return await work()
  } catch (cause) {
    const why = cause instanceof CannotRun ? cause.message : String((cause as Error).stack)
    throw new CannotRun(`Failed at ${name}: ${why}`)
  } finally {
    console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
  }
}
