import { askLocalApi } from '../../ask-local-api.ts'
import { makeWrongUse, readOptions, runCommand, WrongUse } from '../../command.ts'

const usage = `usage: npm run --silent token -- EMAIL [options]

  EMAIL               who the token is for
  --expired           a token that has expired
  --claim NAME=VALUE  adds or replaces a claim; may be repeated
  --stage STAGE       a token of the stage on AWS, dev or dev-<name>: creates the user, or gives the
                      user a new password
  --help              prints this`

/** Prints a token for any user, issued by the API on this machine or by the user pool of a stage. */
const printToken = async (): Promise<void> => {
  const { stage, ...request } = readArguments()
  console.log(await (stage === undefined ? askIssuer(request) : askStage(stage, request.email)))
}

const askIssuer = async (body: object): Promise<string> =>
  (await askLocalApi({ path: '/local/token', fields: ['token'], body })).token

/** Loads the SDK of AWS only here, because a token of this machine does not need it. */
const askStage = async (stage: string, email: string): Promise<string> => {
  const { makeToken } = await import('./make-token.ts')
  return makeToken(stage, email)
}

const readArguments = () => {
  const { values, positionals } = readOptions(usage, {
    allowPositionals: true,
    options: {
      expired: { type: 'boolean', default: false },
      claim: { type: 'string', multiple: true, default: [] },
      stage: { type: 'string' },
    },
  })
  const [email, ...rest] = positionals
  if (!email || rest.length > 0) throw makeWrongUse(usage, 'Name one EMAIL.')
  const { stage } = values
  if (stage !== undefined) checkStage(stage)
  if (stage !== undefined && (values.expired || values.claim.length > 0))
    throw makeWrongUse(
      usage,
      '--expired and --claim are for the API on this machine, without --stage.',
    )
  return {
    stage,
    email,
    expired: values.expired,
    claims: Object.fromEntries(values.claim.map(parseClaim)),
  }
}

/** The user pools of other stages permit nobody but the user to sign in. */
const checkStage = (stage: string): void => {
  if (!/^dev(-[a-z0-9-]+)?$/.test(stage))
    throw new WrongUse(
      `--stage is "${stage}": only dev and dev-<name> permit this. In other stages, sign in with your app.`,
    )
}

/** Reads the value as JSON if it is JSON (true, 5, "5"), otherwise as text. */
const parseClaim = (claim: string): [string, unknown] => {
  const [name = '', ...rest] = claim.split('=')
  if (!name || rest.length === 0)
    throw makeWrongUse(usage, `--claim ${claim} is not of the form NAME=VALUE.`)
  const text = rest.join('=')
  try {
    return [name, JSON.parse(text)]
  } catch {
    return [name, text]
  }
}

runCommand(printToken)
