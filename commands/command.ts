import { parseArgs, type ParseArgsConfig } from 'node:util'

/** Why a command cannot do its work, in a sentence that says what to do instead. */
export class CannotRun extends Error {}

/** What is wrong with the arguments, or with a variable of the environment. */
export class WrongUse extends CannotRun {}

/** The usage, which a person asked for by --help. */
class Help extends Error {}

/**
 * Reads the arguments of a command; --help prints the usage and ends the command.
 * @throws WrongUse with the usage, where an argument is unknown or lacks its value
 */
export const readOptions = <Config extends ParseArgsConfig>(usage: string, config: Config) => {
  const { args = process.argv.slice(2) } = config
  if (args.includes('--help')) throw new Help(usage)
  try {
    return parseArgs<Config>(config)
  } catch (error) {
    throw wrongArguments(usage, (error as Error).message)
  }
}

export const wrongArguments = (usage: string, reason: string): WrongUse =>
  new WrongUse(`${reason}\n\n${usage}`)

/**
 * Runs a command of a person. What keeps it from its work is told in a sentence: exit code 2 where it
 * is used in a wrong way, else 1.
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
