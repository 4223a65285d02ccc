import { CannotStart } from './cannot-start.ts'

/** Runs a command of this folder: what keeps it from its work is told in a sentence, with exit code 1. */
export const runCommand = (command: () => Promise<void>): void => {
  command().catch((error: unknown) => {
    console.error(error instanceof CannotStart ? error.message : error)
    process.exit(1)
  })
}
