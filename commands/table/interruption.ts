import { constants } from 'node:os'

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
