import { InboxError } from '../lib/domain/errors.ts'
import { CannotRun } from './command.ts'

/** What to do about a failure, by the error's name, code or part of its message. */
export type Advice = Record<string, string>

/** Failures that a wrong environment causes, whatever the service. */
const environmentAdvice: Advice = {
  AccessDenied: 'your credentials do not permit it: add the permission that the reason names',
  CredentialsProviderError: 'there are no AWS credentials: set AWS_PROFILE, or log in',
  ExpiredToken: 'your AWS credentials have expired: log in again',
  UnrecognizedClientException: 'AWS does not know your credentials: log in again',
  InvalidClientTokenId: 'AWS does not know your credentials: log in again',
  InvalidSignatureException: 'AWS does not accept your credentials: log in again',
  SignatureDoesNotMatch: 'AWS does not accept your credentials: log in again',
  'Region is missing': 'no region is set: set AWS_REGION',
  ENOTFOUND: 'its address is not known: check AWS_REGION and your network',
  EAI_AGAIN: 'its address is not known: check AWS_REGION and your network',
}

const tableAdvice: Advice = {
  ResourceNotFoundException: 'there is no such table: check its name, the account and AWS_REGION',
  Timeout: 'DynamoDB did not respond',
  ECONNRESET: 'DynamoDB did not respond',
  InternalServerError: 'DynamoDB failed',
  ServiceUnavailable: 'DynamoDB did not respond',
  Throttl: 'DynamoDB throttles',
  TransactionConflict: 'others write the same items all the time',
  ProvisionedThroughputExceeded: 'DynamoDB throttles',
  RequestLimitExceeded: 'DynamoDB throttles',
  'Deserialization error':
    'what responds there is not DynamoDB: stop it, or correct AWS_ENDPOINT_URL_DYNAMODB',
  ECONNREFUSED: 'nothing responds there: start it, or correct AWS_ENDPOINT_URL_DYNAMODB',
}

/**
 * Makes the sentence that a command ends with when it cannot work on its table. A CannotRun is one already.
 * @param table names the table to people
 */
export const explainTableFailure = (table: string, error: unknown): CannotRun =>
  error instanceof CannotRun ? error : explainAwsFailure(`work on ${table}`, error, tableAdvice)

/**
 * Makes the sentence that a command ends with when AWS does not do what the command needs. It has the error as its
 * cause if there is no advice: then its stack trace is needed.
 * @param task what the command cannot do, as it follows "Cannot"
 * @param advice for this task; it comes before the advice on the environment
 */
export const explainAwsFailure = (task: string, error: unknown, advice: Advice): CannotRun => {
  const reason = listMessages(error).join(': ')
  // The SDK passes on errors of the network with their code in the message only.
  const text = [...listNames(error), reason].join(' ')
  const [, what] =
    Object.entries({ ...advice, ...environmentAdvice }).find(([known]) => text.includes(known)) ??
    []
  const why = `(${reason.replace(/\.$/, '')}).`
  return what === undefined
    ? new CannotRun(`Cannot ${task}: it failed ${why}`, { cause: error })
    : new CannotRun(`Cannot ${task}: ${what} ${why}`)
}

/**
 * @returns the message of an error and those of its causes, the outermost first. An InboxError has a message for
 * callers of the API, so only its causes are listed.
 */
export const listMessages = (error: unknown): string[] => {
  if (!(error instanceof Error)) return []
  const causes = listMessages(error.cause)
  return error instanceof InboxError ? causes : [error.message, ...causes]
}

/** @returns the name of an error and those of its causes */
const listNames = (error: unknown): string[] =>
  error instanceof Error ? [error.name, ...listNames(error.cause)] : []
