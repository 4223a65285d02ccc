import { closest } from 'fastest-levenshtein'

/** What the command line's `-c name=value` and cdk.json say, strings or not, nothing of it checked. */
export type Context = Record<string, unknown>

/** Why nothing can be synthesized, in a sentence that names the context value and its right form. */
export class WrongContext extends Error {}

/** The `source` of what is told on the bus, which must not come back in. */
export const ownSource = 'chat-inbox'

/** @throws WrongContext */
export const wrong = (name: string, value: unknown, rightForm: string): never => {
  throw new WrongContext(`The context value ${name} is ${quoted(value)}: set it to ${rightForm}.`)
}

const alone = (name: string, value: unknown, missing: string, rightForm: string): never => {
  throw new WrongContext(
    `The context value ${name} is ${quoted(value)} but ${missing} is missing: set ${missing} to ${rightForm}.`,
  )
}

const quoted = (value: unknown): string => JSON.stringify(value)

/** All that may be set: README.md says what each means. */
const names = [
  'stage',
  'issuer',
  'audience',
  'identityClaim',
  'requireVerifiedEmail',
  'eventSource',
  'alarmEmail',
  'domain',
  'certificateArn',
  'rateLimit',
  'burstLimit',
  'reservedConcurrency',
  'eventConcurrency',
  'ignoreAlarms',
]

/** What the commands `cdk acknowledge` and `cdk cli-telemetry` put into a context. */
const namesOfCommands = ['acknowledged-issue-numbers', 'cli-telemetry']

/**
 * A name that nothing reads would leave the default in force, such as dev for `-c stages=prod`. What
 * CDK itself sets, reads or has looked up bears a colon in its name.
 * @throws WrongContext
 */
export const refuseUnknownNames = (context: Context): void => {
  const known = [...names, ...namesOfCommands]
  const unknown = Object.keys(context).find((name) => !name.includes(':') && !known.includes(name))
  if (unknown === undefined) return
  throw new WrongContext(
    `There is no context value ${quoted(unknown)}: did you mean ${nearest(unknown)}? There are ${names.join(', ')}.`,
  )
}

/** Upper and lower case are no difference. */
const nearest = (word: string): string => {
  const lowered = names.map((name) => name.toLowerCase())
  return names[lowered.indexOf(closest(word.toLowerCase(), lowered))]!
}

/** Whose tokens are taken: both values or neither. */
export const tokensOf = ({ issuer, audience }: Context) => {
  if (issuer === undefined) {
    if (audience === undefined) return undefined
    return alone(
      'audience',
      audience,
      'issuer',
      'the https URL in the "iss" claim of your tokens, or leave both out for a user pool',
    )
  }
  if (!isIssuer(issuer))
    return wrong(
      'issuer',
      issuer,
      'the https URL in the "iss" claim of your tokens, such as https://auth.example.com',
    )
  if (audience === undefined)
    return alone('issuer', issuer, 'audience', 'the "aud" claim of your tokens')
  if (!isWord(audience)) return wrong('audience', audience, 'the "aud" claim of your tokens')
  return { issuer, audience }
}

const isIssuer = (value: unknown): value is string =>
  typeof value === 'string' && /^https:\/\/[^\s?#]+$/.test(value) && URL.canParse(value)

/** The API's own name, which is nothing without a certificate for it. */
export const domainOf = ({ domain, certificateArn }: Context) => {
  if (domain === undefined) {
    if (certificateArn === undefined) return undefined
    return alone(
      'certificateArn',
      certificateArn,
      'domain',
      'the name that the certificate is for, such as chat.example.com, or leave both out',
    )
  }
  if (!isHostName(domain))
    return wrong('domain', domain, 'a host name in lower case, such as chat.example.com')
  const arnForm = `the ARN of a certificate in the region of the stage, such as ${sampleArn}`
  if (certificateArn === undefined) return alone('domain', domain, 'certificateArn', arnForm)
  if (!isCertificateArn(certificateArn)) return wrong('certificateArn', certificateArn, arnForm)
  return { name: domain, certificateArn }
}

const sampleArn =
  'arn:aws:acm:eu-west-1:111122223333:certificate/12345678-90ab-cdef-1234-567890abcdef'

const isHostName = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length <= 253 &&
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(value)

const isCertificateArn = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^arn:aws[a-z-]*:acm:[a-z]{2}(-[a-z]+)+-\d:\d{12}:certificate\/[0-9a-f-]{36}$/.test(value)

export const identityClaimOf = (value: unknown): string =>
  isWord(value)
    ? value
    : wrong('identityClaim', value, 'the claim of your tokens that names the caller, such as email')

export const eventSourceOf = (value: unknown): string =>
  isWord(value) && value !== ownSource && !reservedSource.test(value)
    ? value
    : wrong(
        'eventSource',
        value,
        `the "source" of your chat backend's events, a word other than ${ownSource} that does not begin with "aws.", which AWS keeps for itself, such as chat`,
      )

/** PutEvents refuses these. */
const reservedSource = /^aws\./i

const isWord = (value: unknown): value is string => typeof value === 'string' && /^\S+$/.test(value)

/** No value, no recipients; an empty one is a mistake. */
export const alarmEmailsOf = (value: unknown): string[] => {
  if (value === undefined) return []
  const addresses = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : ['']
  if (addresses.every((address) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(address)))
    return [...new Set(addresses)]
  return wrong(
    'alarmEmail',
    value,
    'one or more e-mail addresses with commas between, such as ops@example.com,oncall@example.com',
  )
}

export const booleanOf = (name: string, value: unknown): boolean =>
  booleans.get(String(value)) ?? wrong(name, value, 'true or false')

/** The command line gives strings, cdk.json may give booleans. */
const booleans = new Map([
  ['true', true],
  ['false', false],
])

interface Range {
  least: number
  most?: number
  suchAs: number
  /** What else may be said instead of a number. */
  or?: string
}

export const wholeNumberOf = (
  name: string,
  value: unknown,
  { least, most = Number.MAX_SAFE_INTEGER, suchAs, or = '' }: Range,
): number => {
  const number = /^\d+$/.test(String(value)) ? Number(value) : NaN
  if (number >= least && number <= most) return number
  const range = most < Number.MAX_SAFE_INTEGER ? `${least} to ${most}` : `${least} on`
  return wrong(name, value, `a whole number from ${range}, such as ${suchAs}${or}`)
}
