import { CannotRun, readOptions, makeWrongUse, WrongUse } from '../command.ts'
import { readEnvironment } from './environment.ts'
import type { TokenRequest } from './issuer.ts'
import { readAnswer } from './read-answer.ts'

const usage = `usage: npm run --silent token -- EMAIL [options]

  EMAIL               who the token is for
  --expired           a token that has expired
  --claim NAME=VALUE  adds or replaces a claim; may be repeated
  --stage STAGE       a token of the stage on AWS, dev or dev-<name>: creates the user, or gives the
                      user a new password
  --help              prints this`

/** Prints a token for any user, issued by the API on this machine or by the user pool of a stage. */
export const printToken = async (): Promise<void> => {
  const { stage, ...request } = readArguments()
  console.log(await (stage === undefined ? askLocalApi(request) : askStage(stage, request.email)))
}

/** Loads the SDK of AWS only here, because a token of this machine does not need it. */
const askStage = async (stage: string, email: string): Promise<string> => {
  const { makeToken } = await import('../aws/make-token.ts')
  return makeToken(stage, email)
}

const askLocalApi = async (request: TokenRequest): Promise<string> => {
  const { port } = readEnvironment()
  const url = `http://127.0.0.1:${port}/local/token`
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  }).catch(() => {
    throw new CannotRun(
      `The API does not answer at http://127.0.0.1:${port}: start it with npm start, or set PORT to its port.`,
    )
  })
  const { token } = await readAnswer(answer, ['token'])
  return token
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
