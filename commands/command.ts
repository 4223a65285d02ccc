import { parseArgs, type ParseArgsConfig } from 'node:util'

/** A reason why a command cannot go on, as a sentence that says what to do. */
export class CannotRun extends Error {}

/** An argument or an environment variable is wrong. */
export class WrongUse extends CannotRun {}

/** Ends a command that was called with --help. The message is the usage. */
class Help extends Error {}

/**
 * Reads the arguments of a command; --help prints the usage and ends the command.
 * @throws WrongUse with the usage, if an argument is unknown or has no value
 */
export const readOptions = <Config extends ParseArgsConfig>(usage: string, config: Config) => {
  const { args = process.argv.slice(2) } = config
  if (args.includes('--help')) throw new Help(usage)
  try {
    return parseArgs<Config>(config)
  } catch (error) {
    throw makeWrongUse(usage, (error as Error).message)
  }
}

export const makeWrongUse = (usage: string, reason: string): WrongUse =>
  new WrongUse(`${reason}\n\n${usage}`)

/**
 * Runs a command. CannotRun is printed as a sentence, other errors with their stack trace. The exit
 * code is 2 after WrongUse, and 1 after every other error.
 */
export const runCommand = (command: () => Promise<void> | void): void => {
  const run = async () => {
    await command()
  }
  run().catch((error: unknown) => {
    if (error instanceof Help) {
      console.log(error.message)
      return
    }
    console.error(error instanceof CannotRun ? error.message : error)
    process.exit(error instanceof WrongUse ? 2 : 1)
  })
}
