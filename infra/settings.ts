import { closest } from 'fastest-levenshtein'
import * as v from 'valibot'
import { makeContextSchema, stageSchema } from './context.ts'
import { type StageRules, stages } from './stages.ts'

/** The values of cdk.json and of `-c name=value` on the command line. Nothing is checked. */
export type Context = Record<string, unknown>

/** Everything that can differ between deployments. */
export type Settings = StageRules & v.InferOutput<ReturnType<typeof makeContextSchema>>

/** A context value is wrong. The message is one sentence that names the value and its right form. */
export class WrongContext extends Error {}

/**
 * Reads the settings from the context. What the context leaves out has the default of its stage.
 * @param known the existing stages; tests pass others
 * @throws WrongContext
 */
export const readSettings = (given: Context, known = stages): Settings => {
  const { stage } = parse(stageSchema, given)
  // A developer's copy of dev, such as dev-ann, has the rules of dev.
  const { context: defaults, ...rules } = known.get(stage.replace(/-.*/, ''))!
  const schema = makeContextSchema(rules.allowsLocalOrigins)
  refuseUnknownNames(given, Object.keys(schema.entries))
  return { ...rules, ...parse(schema, { ...defaults, ...given }) }
}

const parse = <Schema extends v.GenericSchema>(
  schema: Schema,
  context: Context,
): v.InferOutput<Schema> => {
  const { success, output, issues } = v.safeParse(schema, context, { abortEarly: true })
  if (success) return output
  const [{ path, message }] = issues
  const name = path ? `${String(path[0].key)} ` : ''
  throw new WrongContext(`The context value ${name}${message}.`)
}

/** The names that the commands `cdk acknowledge` and `cdk cli-telemetry` add to a context. */
const namesOfCdkCommands = ['acknowledged-issue-numbers', 'cli-telemetry']

/**
 * Refuses an unknown name: it would leave a default in force, such as the stage dev for `-c stages=prod`.
 * The names of CDK's own values contain a colon.
 * @throws WrongContext
 */
const refuseUnknownNames = (context: Context, names: string[]): void => {
  const known = [...names, ...namesOfCdkCommands]
  const unknown = Object.keys(context).find((name) => !name.includes(':') && !known.includes(name))
  if (unknown === undefined) return
  throw new WrongContext(
    `There is no context value ${JSON.stringify(unknown)}: did you mean ${findNearest(unknown, names)}? There are ${names.join(', ')}.`,
  )
}

/** Ignores upper and lower case. */
const findNearest = (word: string, names: string[]): string => {
  const lowerCase = names.map((name) => name.toLowerCase())
  return names[lowerCase.indexOf(closest(word.toLowerCase(), lowerCase))]!
}
