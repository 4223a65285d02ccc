import { RemovalPolicy } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'

/** The `source` of what is told on the bus, which must not come back in. */
export const ownSource = 'chat-inbox'

/** Why nothing can be synthesized, in a sentence that names the context value and its right form. */
export class WrongContext extends Error {}

/** What distinguishes one stage from another. */
interface Stage {
  /** Whether data, users and logs outlive their stacks, and data and users cannot be deleted. */
  keepsData: boolean
  logRetention: RetentionDays
  /** Requests a second, over all callers. */
  throttle: { rateLimit: number; burstLimit: number }
  /** Batches of events that are applied at a time: 2 to 1000, which reserves nothing. */
  eventConcurrency: number
}

/** What a deployment is told through CDK's context. */
export interface Settings extends Stage {
  stage: string
  /** Whose tokens the API takes; undefined where it is to have a user pool of its own. */
  tokens: { issuer: string; audience: string } | undefined
  identityClaim: string
  requireVerifiedEmail: boolean
  /** The `source` of the chat backend's events. */
  eventSource: string
}

const stages = new Map<string, Stage>([
  [
    'dev',
    {
      keepsData: false,
      logRetention: RetentionDays.ONE_WEEK,
      throttle: { rateLimit: 50, burstLimit: 100 },
      eventConcurrency: 2,
    },
  ],
  [
    'staging',
    {
      keepsData: true,
      logRetention: RetentionDays.ONE_MONTH,
      throttle: { rateLimit: 200, burstLimit: 400 },
      eventConcurrency: 10,
    },
  ],
  [
    'prod',
    {
      keepsData: true,
      logRetention: RetentionDays.THREE_MONTHS,
      throttle: { rateLimit: 1000, burstLimit: 2000 },
      eventConcurrency: 50,
    },
  ],
])

/** Anyone's own copy of dev; the name becomes part of the stacks' names. */
const ownDev = /^dev-[a-z0-9][a-z0-9-]{0,19}$/

/** @throws WrongContext */
export const readSettings = ({
  stage = 'dev',
  issuer,
  audience,
  identityClaim = 'email',
  requireVerifiedEmail = true,
  eventSource = 'chat',
}: Record<string, unknown>): Settings => ({
  stage: String(stage),
  ...stageOf(stage),
  tokens: tokensOf(issuer, audience),
  identityClaim: identityClaimOf(identityClaim),
  requireVerifiedEmail: requireVerifiedEmailOf(requireVerifiedEmail),
  eventSource: eventSourceOf(eventSource),
})

/** What becomes of data, users and logs when their stack is deleted. */
export const removalPolicyOf = ({ keepsData }: Stage): RemovalPolicy =>
  keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY

const stageOf = (value: unknown): Stage =>
  stages.get(ownDev.test(String(value)) ? 'dev' : String(value)) ??
  wrong(
    'stage',
    value,
    'dev, staging, prod, or dev-<name> with a name of at most 20 lower-case letters, digits and hyphens',
  )

const tokensOf = (issuer: unknown, audience: unknown): Settings['tokens'] => {
  if (issuer === undefined) {
    if (audience === undefined) return undefined
    throw new WrongContext(
      `The context value audience is ${quoted(audience)} but issuer is missing: set issuer to the https URL in the "iss" claim of your tokens, or leave both out for a user pool.`,
    )
  }
  if (!isIssuer(issuer))
    return wrong(
      'issuer',
      issuer,
      'the https URL in the "iss" claim of your tokens, such as https://auth.example.com',
    )
  if (audience === undefined)
    throw new WrongContext(
      `The context value issuer is ${quoted(issuer)} but audience is missing: set audience to the "aud" claim of your tokens.`,
    )
  if (!isWord(audience)) return wrong('audience', audience, 'the "aud" claim of your tokens')
  return { issuer, audience }
}

const isIssuer = (value: unknown): value is string =>
  typeof value === 'string' && /^https:\/\/[^\s?#]+$/.test(value) && URL.canParse(value)

const identityClaimOf = (value: unknown): string =>
  isWord(value)
    ? value
    : wrong('identityClaim', value, 'the claim of your tokens that names the caller, such as email')

const isWord = (value: unknown): value is string => typeof value === 'string' && /^\S+$/.test(value)

const requireVerifiedEmailOf = (value: unknown): boolean =>
  booleans.get(String(value)) ?? wrong('requireVerifiedEmail', value, 'true or false')

/** The command line gives strings, cdk.json may give booleans. */
const booleans = new Map([
  ['true', true],
  ['false', false],
])

const eventSourceOf = (value: unknown): string =>
  isWord(value) && value !== ownSource
    ? value
    : wrong(
        'eventSource',
        value,
        `the "source" of your chat backend's events, a word other than ${ownSource}, such as chat`,
      )

const wrong = (name: string, value: unknown, rightForm: string): never => {
  throw new WrongContext(`The context value ${name} is ${quoted(value)}: set it to ${rightForm}.`)
}

const quoted = (value: unknown): string => JSON.stringify(value)
