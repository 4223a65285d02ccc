import { CannotRun, readOptions, makeWrongUse } from '../command.ts'
import { readEnvironment } from './environment.ts'

const usage = `usage: npm run --silent token -- EMAIL [options]

  EMAIL               who the token is for
  --expired           a token that has expired
  --claim NAME=VALUE  adds or replaces a claim; may be repeated
  --help              prints this`

/** Prints a token for any user, issued by the API on this machine. */
export const printToken = async (): Promise<void> => {
  const { email, expired, claims } = readArguments()
  const { port } = readEnvironment()
  const url = `http://127.0.0.1:${port}/local/token`
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, expired, claims }),
  }).catch(() => {
    throw new CannotRun(
      `The API does not answer at http://127.0.0.1:${port}: start it with npm start, or set PORT to its port.`,
    )
  })
  if (!answer.ok)
    throw new CannotRun(
      `${url} answered ${answer.status}: check that this API runs there and not another program.`,
    )
  const { token } = (await answer.json()) as { token: string }
  console.log(token)
}

const readArguments = () => {
  const { values, positionals } = readOptions(usage, {
    allowPositionals: true,
    options: {
      expired: { type: 'boolean', default: false },
      claim: { type: 'string', multiple: true, default: [] },
    },
  })
  const [email, ...rest] = positionals
  if (!email || rest.length > 0) throw makeWrongUse(usage, 'Name one EMAIL.')
  return {
    email,
    expired: values.expired,
    claims: Object.fromEntries(values.claim.map(parseClaim)),
  }
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
