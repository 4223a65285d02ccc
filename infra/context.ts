import { closest } from 'fastest-levenshtein'

/** All context values that an operator can set. docs/deployment.md describes each. */
export const contextNames = [
  'stage',
  'issuer',
  'audience',
  'identityClaim',
  'requireVerifiedEmail',
  'eventSource',
  'alarmEmail',
  'domain',
  'certificateArn',
  'corsOrigins',
  'rateLimit',
  'burstLimit',
  'reservedConcurrency',
  'provisionedConcurrency',
  'eventConcurrency',
  'ignoreAlarms',
] as const

export type ContextName = (typeof contextNames)[number]

/** The values of cdk.json and of `-c name=value` on the command line. Nothing is checked. */
export type Context = Record<string, unknown>

/** A context whose names are known. Its values are not checked. */
export type KnownContext = Partial<Record<ContextName, unknown>>

/** A context value is wrong. The message is one sentence that names the value and its right form. */
export class WrongContext extends Error {}

/** The names that the commands `cdk acknowledge` and `cdk cli-telemetry` add to a context. */
const namesOfCdkCommands = ['acknowledged-issue-numbers', 'cli-telemetry']

/**
 * Refuses an unknown name: it would leave a default in force, such as the stage dev for `-c stages=prod`.
 * The names of CDK's own values contain a colon.
 * @throws WrongContext
 */
export const refuseUnknownNames = (context: Context): void => {
  const known: string[] = [...contextNames, ...namesOfCdkCommands]
  const unknown = Object.keys(context).find((name) => !name.includes(':') && !known.includes(name))
  if (unknown === undefined) return
  throw new WrongContext(
    `There is no context value ${JSON.stringify(unknown)}: did you mean ${findNearestName(unknown)}? There are ${contextNames.join(', ')}.`,
  )
}

/** Ignores upper and lower case. */
const findNearestName = (word: string): ContextName => {
  const lowerCase = contextNames.map((name) => name.toLowerCase())
  return contextNames[lowerCase.indexOf(closest(word.toLowerCase(), lowerCase))]!
}
