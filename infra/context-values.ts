import { type ContextName, type KnownContext, WrongContext } from './context.ts'

/** The `source` of published leaves. The rule for the chat backend's events must not match it. */
export const publishedSource = 'chat-inbox'

/** @throws WrongContext */
export const refuseValue = (name: ContextName, value: unknown, rightForm: string): never => {
  throw new WrongContext(
    `The context value ${name} is ${JSON.stringify(value)}: set it to ${rightForm}.`,
  )
}

/** @throws WrongContext */
const refuseMissing = (
  missing: ContextName,
  name: ContextName,
  value: unknown,
  rightForm: string,
): never => {
  throw new WrongContext(
    `The context value ${name} is ${JSON.stringify(value)} but ${missing} is missing: set ${missing} to ${rightForm}.`,
  )
}

/**
 * Parses the issuer and the audience of tokens, which go together.
 * @returns undefined where neither is set
 */
export const parseTokens = ({ issuer, audience }: KnownContext) => {
  const issuerForm = 'the https URL in the "iss" claim of your tokens'
  const audienceForm = 'the "aud" claim of your tokens'
  if (issuer === undefined) {
    if (audience === undefined) return undefined
    return refuseMissing(
      'issuer',
      'audience',
      audience,
      `${issuerForm}, or leave both out for a user pool`,
    )
  }
  if (!isIssuer(issuer))
    return refuseValue('issuer', issuer, `${issuerForm}, such as https://auth.example.com`)
  if (audience === undefined) return refuseMissing('audience', 'issuer', issuer, audienceForm)
  if (!isWord(audience)) return refuseValue('audience', audience, audienceForm)
  return { issuer, audience }
}

const isIssuer = (value: unknown): value is string =>
  typeof value === 'string' && /^https:\/\/[^\s?#]+$/.test(value) && URL.canParse(value)

/**
 * Parses the host name of the API and the ARN of its certificate, which go together.
 * @returns undefined where neither is set
 */
export const parseDomain = ({ domain, certificateArn }: KnownContext) => {
  if (domain === undefined) {
    if (certificateArn === undefined) return undefined
    return refuseMissing(
      'domain',
      'certificateArn',
      certificateArn,
      'the name that the certificate is for, such as chat.example.com, or leave both out',
    )
  }
  if (!isHostName(domain))
    return refuseValue('domain', domain, 'a host name in lower case, such as chat.example.com')
  const arnForm = `the ARN of a certificate in the region of the stage, such as ${sampleArn}`
  if (certificateArn === undefined)
    return refuseMissing('certificateArn', 'domain', domain, arnForm)
  if (!isCertificateArn(certificateArn))
    return refuseValue('certificateArn', certificateArn, arnForm)
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

export const parseIdentityClaim = (value: unknown): string =>
  isWord(value)
    ? value
    : refuseValue(
        'identityClaim',
        value,
        'the claim of your tokens that names the caller, such as email',
      )

export const parseEventSource = (value: unknown): string =>
  isWord(value) && value !== publishedSource && !reservedSource.test(value)
    ? value
    : refuseValue(
        'eventSource',
        value,
        `the "source" of your chat backend's events, a word other than ${publishedSource} that does not begin with "aws.", which AWS keeps for itself, such as chat`,
      )

/** PutEvents refuses these. */
const reservedSource = /^aws\./i

const isWord = (value: unknown): value is string => typeof value === 'string' && /^\S+$/.test(value)

/** @returns none where the value is undefined; an empty text is refused as a mistake */
export const parseAlarmEmails = (value: unknown): string[] => {
  if (value === undefined) return []
  const addresses = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : ['']
  if (addresses.every((address) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(address)))
    return [...new Set(addresses)]
  return refuseValue(
    'alarmEmail',
    value,
    'one or more e-mail addresses with commas between, such as ops@example.com,oncall@example.com',
  )
}

export const parseBoolean = (name: ContextName, value: unknown): boolean =>
  booleans.get(String(value)) ?? refuseValue(name, value, 'true or false')

/** The command line gives texts, cdk.json may give booleans. */
const booleans = new Map([
  ['true', true],
  ['false', false],
])

interface WholeNumber {
  min: number
  max?: number
  example: number
  /** Another valid value, for the error message. */
  alternative?: string
}

export const parseWholeNumber = (
  name: ContextName,
  value: unknown,
  { min, max = Number.MAX_SAFE_INTEGER, example, alternative }: WholeNumber,
): number => {
  const number = /^\d+$/.test(String(value)) ? Number(value) : NaN
  if (number >= min && number <= max) return number
  const range = max < Number.MAX_SAFE_INTEGER ? `${min} to ${max}` : `${min} on`
  const or = alternative === undefined ? '' : `, or to ${alternative}`
  return refuseValue(name, value, `a whole number from ${range}, such as ${example}${or}`)
}
