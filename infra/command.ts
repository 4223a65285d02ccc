/** Why a command cannot do its work, in a sentence that says what to do instead. */
export class CannotRun extends Error {}

/** Runs a command of a person: what keeps it from its work is told in a sentence, with exit code 1. */
export const runCommand = (command: () => Promise<void> | void): void => {
  const run = async () => {
    await command()
  }
  run().catch((error: unknown) => {
    console.error(error instanceof CannotRun ? error.message : error)
    process.exit(1)
  })
}
