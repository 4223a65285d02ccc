import { closest, distance } from 'fastest-levenshtein'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { escapeOutput } from './escape-output.ts'

/**
 * A reason why a command cannot go on, as a sentence that says what to do. If it does not know what to do, it has a
 * cause, whose stack trace is printed.
 */
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
    const [option] = args.filter((arg) => isUnknown(arg, config))
    const nearest = option && nameNearest(option, Object.keys(config.options ?? {}))
    throw makeWrongUse(
      usage,
      nearest ? `There is no option ${option}: did you mean ${nearest}?` : (error as Error).message,
    )
  }
}

const isUnknown = (arg: string, { options = {} }: ParseArgsConfig): boolean =>
  arg.startsWith('--') && !Object.hasOwn(options, arg.slice(2).replace(/=.*/s, ''))

/** The dry run is --check for rebuild, and --dry-run for the others: each is suggested for the other. */
const synonyms: Record<string, string> = { '--check': 'dry-run', '--dry-run': 'check' }

/** @returns undefined if no option is similar: a wrong suggestion could do harm */
const nameNearest = (option: string, known: string[]): string | undefined => {
  const synonym = synonyms[option]
  if (synonym && known.includes(synonym)) return `--${synonym}`
  const name = closest(option.slice(2), known)
  return distance(option.slice(2), name) <= 2 ? `--${name}` : undefined
}

export const makeWrongUse = (usage: string, reason: string): WrongUse =>
  new WrongUse(`${reason}\n\n${usage}`)

/**
 * Runs a command. CannotRun is printed as a sentence, its cause and other errors with their stack trace. The exit
 * code is 2 after WrongUse, and 1 after every other error.
 */
export const runCommand = (command: () => Promise<void> | void): void => {
  escapeOutput()
  process.on('uncaughtException', endWith)
  const run = async () => {
    await command()
  }
  run().catch(endWith)
}

const endWith = (error: unknown): void => {
  if (error instanceof Help) {
    console.log(error.message)
    return
  }
  if (error instanceof CannotRun) {
    console.error(error.message)
    if (error.cause !== undefined) console.error(error.cause)
  } else console.error(error)
  process.exit(error instanceof WrongUse ? 2 : 1)
}
