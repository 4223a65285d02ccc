import { RemovalPolicy } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import {
  alarmEmailsOf,
  booleanOf,
  type Context,
  domainOf,
  eventSourceOf,
  identityClaimOf,
  refuseUnknownNames,
  tokensOf,
  wholeNumberOf,
  wrong,
} from './context.ts'

/** What distinguishes one stage from another, once and for all. */
interface StageRules {
  /** Whether data, users and logs outlive their stacks, and stacks, data and users cannot be deleted. */
  keepsData: boolean
  logRetention: RetentionDays
  /** Whether a new version is tried on a tenth of the calls first, and taken back if alarms go off. */
  canary: boolean
}

/** What a deployment is told, by its stage and by CDK's context. */
export interface Settings extends StageRules {
  stage: string
  /** Requests a second, over all callers. */
  throttle: { rateLimit: number; burstLimit: number }
  /**
   * Calls at a time that each function of the API has for itself, and no more; undefined where all
   * share what the account has.
   */
  reservedConcurrency: number | undefined
  /** Batches of events that are applied at a time. */
  eventConcurrency: number
  /** Who hears of alarms. */
  alarmEmails: string[]
  /** Whether a canary goes on although an alarm is on: for the change that is to end the alarm. */
  ignoreAlarms: boolean
  /** Whose tokens the API takes; undefined where it is to have a user pool of its own. */
  tokens: { issuer: string; audience: string } | undefined
  identityClaim: string
  requireVerifiedEmail: boolean
  /** A name of its own for the API; undefined where the one that API Gateway gives will do. */
  domain: { name: string; certificateArn: string } | undefined
  /** The `source` of the chat backend's events. */
  eventSource: string
}

/**
 * A stage's rules and what its context says as long as nothing else is said: any value that
 * `readSettings` reads may stand here, an issuer with its audience or an `alarmEmail` too.
 */
export interface Stage extends StageRules {
  context: Context
}

const stages: ReadonlyMap<string, Stage> = new Map<string, Stage>([
  [
    'dev',
    {
      keepsData: false,
      logRetention: RetentionDays.ONE_WEEK,
      canary: false,
      // No reserved concurrency: a new account has ten calls at a time, and none to reserve.
      context: { rateLimit: 50, burstLimit: 100, eventConcurrency: 2 },
    },
  ],
  [
    'staging',
    {
      keepsData: true,
      logRetention: RetentionDays.ONE_MONTH,
      canary: false,
      context: { rateLimit: 200, burstLimit: 400, reservedConcurrency: 20, eventConcurrency: 10 },
    },
  ],
  [
    'prod',
    {
      keepsData: true,
      logRetention: RetentionDays.THREE_MONTHS,
      canary: true,
      // Twice what 1000 requests of 50 ms take, and all of it a third of an account's usual 1000.
      context: {
        rateLimit: 1000,
        burstLimit: 2000,
        reservedConcurrency: 100,
        eventConcurrency: 50,
      },
    },
  ],
])

/** Anyone's own copy of dev; the name becomes part of the stacks' names. */
const ownDev = /^dev-[a-z0-9][a-z0-9-]{0,19}$/

/**
 * @param known other stages than those of this file, for tests
 * @throws WrongContext
 */
export const readSettings = (given: Context, known = stages): Settings => {
  const { stage = 'dev' } = given
  const { context: own, ...rules } = stageOf(stage, known)
  const context: Context = { ...own, ...given }
  refuseUnknownNames(context)
  const {
    identityClaim = 'email',
    requireVerifiedEmail = true,
    eventSource = 'chat',
    ignoreAlarms = false,
  } = context
  return {
    ...rules,
    stage: String(stage),
    throttle: {
      rateLimit: wholeNumberOf('rateLimit', context['rateLimit'], { least: 1, suchAs: 50 }),
      burstLimit: wholeNumberOf('burstLimit', context['burstLimit'], { least: 1, suchAs: 100 }),
    },
    reservedConcurrency: reservedConcurrencyOf(context['reservedConcurrency']),
    eventConcurrency: wholeNumberOf('eventConcurrency', context['eventConcurrency'], {
      least: 2,
      most: 1000,
      suchAs: 10,
    }),
    alarmEmails: alarmEmailsOf(context['alarmEmail']),
    ignoreAlarms: booleanOf('ignoreAlarms', ignoreAlarms),
    tokens: tokensOf(context),
    identityClaim: identityClaimOf(identityClaim),
    requireVerifiedEmail: booleanOf('requireVerifiedEmail', requireVerifiedEmail),
    domain: domainOf(context),
    eventSource: eventSourceOf(eventSource),
  }
}

/** What becomes of data, users and logs when their stack is deleted. */
export const removalPolicyOf = ({ keepsData }: StageRules): RemovalPolicy =>
  keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY

const stageOf = (value: unknown, known: ReadonlyMap<string, Stage>): Stage =>
  known.get(ownDev.test(String(value)) ? 'dev' : String(value)) ??
  wrong(
    'stage',
    value,
    'dev, staging, prod, or dev-<name> with a name of at most 20 lower-case letters, digits and hyphens',
  )

/** `none` takes back what the stage says, for an account that has none to give. */
const reservedConcurrencyOf = (value: unknown): number | undefined =>
  value === undefined || value === 'none'
    ? undefined
    : wholeNumberOf('reservedConcurrency', value, { least: 1, suchAs: 100, or: ', or to none' })
