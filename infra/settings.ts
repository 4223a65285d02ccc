import { type Context, type KnownContext, refuseUnknownNames, WrongContext } from './context.ts'
import {
  parseAlarmEmails,
  parseBoolean,
  parseDomain,
  parseEventSource,
  parseIdentityClaim,
  parseTokens,
  parseWholeNumber,
} from './context-values.ts'
import { parseCorsOrigins } from './cors-origins.ts'
import { findStage, type StageRules, stages } from './stages.ts'

/** Everything that can differ between deployments. */
export interface Settings extends StageRules {
  stage: string
  /** Requests a second, of all callers together. */
  throttle: { rateLimit: number; burstLimit: number }
  /**
   * The concurrency that each function of the API has to itself and cannot exceed. Undefined where the
   * functions share the unreserved concurrency of the account.
   */
  reservedConcurrency: number | undefined
  /**
   * How many environments each listing function keeps ready for calls, so that these have no cold start.
   * Undefined if it keeps none.
   */
  provisionedConcurrency: number | undefined
  /** How many batches of events are applied at the same time. */
  eventConcurrency: number
  alarmEmails: string[]
  /** Whether a canary continues although an alarm is on, for the change that fixes its cause. */
  ignoreAlarms: boolean
  /** The tokens that the API accepts. Undefined where it gets a user pool. */
  tokens: { issuer: string; audience: string } | undefined
  identityClaim: string
  requireVerifiedEmail: boolean
  /** The custom domain of the API. Undefined where it has only the URL that API Gateway gives it. */
  domain: { name: string; certificateArn: string } | undefined
  /** The origins whose pages may call the API from a browser. Empty where none may. */
  corsOrigins: string[]
  /** The `source` of the chat backend's events. */
  eventSource: string
}

/**
 * Reads the settings from the context. What the context leaves out has the default of its stage.
 * @param known the existing stages; tests pass others
 * @throws WrongContext
 */
export const readSettings = (given: Context, known = stages): Settings => {
  const { stage = 'dev' } = given
  const { context: defaults, ...rules } = findStage(stage, known)
  const context: KnownContext = { ...defaults, ...given }
  refuseUnknownNames(context)
  const reservedConcurrency = parseReservedConcurrency(context.reservedConcurrency)
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
      rateLimit: parseWholeNumber('rateLimit', context.rateLimit, { min: 1, example: 50 }),
      burstLimit: parseWholeNumber('burstLimit', context.burstLimit, { min: 1, example: 100 }),
    },
    reservedConcurrency,
    provisionedConcurrency: parseProvisionedConcurrency(
      context.provisionedConcurrency,
      reservedConcurrency,
    ),
    eventConcurrency: parseWholeNumber('eventConcurrency', context.eventConcurrency, {
      min: 2,
      max: 1000,
      example: 10,
    }),
    alarmEmails: parseAlarmEmails(context.alarmEmail),
    ignoreAlarms: parseBoolean('ignoreAlarms', ignoreAlarms),
    tokens: parseTokens(context),
    identityClaim: parseIdentityClaim(identityClaim),
    requireVerifiedEmail: parseBoolean('requireVerifiedEmail', requireVerifiedEmail),
    domain: parseDomain(context),
    corsOrigins: parseCorsOrigins(context.corsOrigins, rules),
    eventSource: parseEventSource(eventSource),
  }
}

/** The value `none` overrides a default of the stage, for an account that has no concurrency to reserve. */
const parseReservedConcurrency = (value: unknown): number | undefined =>
  value === undefined || value === 'none'
    ? undefined
    : parseWholeNumber('reservedConcurrency', value, { min: 1, example: 100, alternative: 'none' })

/** @param reserved the concurrency of a function: Lambda does not provision more */
const parseProvisionedConcurrency = (
  value: unknown,
  reserved = Number.MAX_SAFE_INTEGER,
): number | undefined => {
  if (value === undefined) return undefined
  const number = parseWholeNumber('provisionedConcurrency', value, { min: 1, example: 2 })
  if (number <= reserved) return number
  throw new WrongContext(
    `The context value provisionedConcurrency is ${JSON.stringify(value)}, but reservedConcurrency is ${reserved}: set provisionedConcurrency to ${reserved} or less, or reservedConcurrency to ${number} or more.`,
  )
}
