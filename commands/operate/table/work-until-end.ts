import { constants } from 'node:os'
import { explainTableFailure } from '../../explain-failure.ts'
import type { Target } from './target.ts'

/**
 * Does the work of a command on a table. If the work fails, or on Ctrl-C and SIGTERM, the command says what it did.
 * After a signal it ends with 128 plus the number of the signal.
 * @param summarize prints what was done, and that the command may be run again. It gets how the work ended.
 * @throws CannotRun if the work fails
 */
export const workUntilEnd = async (
  target: Pick<Target, 'name'>,
  summarize: (end: 'Interrupted' | 'Failed') => void,
  work: () => Promise<void>,
): Promise<void> => {
  handleInterruption(() => {
    summarize('Interrupted')
  })
  try {
    await work()
  } catch (error) {
    summarize('Failed')
    throw explainTableFailure(target.name, error)
  }
}

/**
 * On Ctrl-C and SIGTERM, ends the command with 128 plus the number of the signal.
 * @param summarize prints what was done, and that the command may be run again
 */
export const handleInterruption = (summarize: () => void): void => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      summarize()
      process.exit(128 + constants.signals[signal])
    })
}
