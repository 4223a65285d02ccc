import { CannotRun } from '../command.ts'
import { listMessages } from './list-messages.ts'
import type { Target } from './target.ts'

/** What to do about the failures that a wrong environment causes, by the error's name, code or message. */
const advice: Record<string, string> = {
  ResourceNotFoundException: 'there is no such table: check its name, the account and AWS_REGION',
  AccessDeniedException:
    'your credentials do not permit it: add the permission that the reason names',
  CredentialsProviderError: 'there are no AWS credentials: set AWS_PROFILE, or log in',
  ExpiredTokenException: 'your AWS credentials have expired: log in again',
  UnrecognizedClientException: 'AWS does not know your credentials: log in again',
  InvalidSignatureException: 'AWS does not accept your credentials: log in again',
  'Region is missing': 'no region is set: set AWS_REGION',
  ENOTFOUND: 'its address is not known: check AWS_REGION and your network',
  EAI_AGAIN: 'its address is not known: check AWS_REGION and your network',
  ECONNREFUSED: 'nothing answers there: start it, or correct AWS_ENDPOINT_URL_DYNAMODB',
}

/** Makes the sentence that a command ends with when it cannot work on its table. A CannotRun is one already. */
export const explainFailure = ({ name }: Pick<Target, 'name'>, error: unknown): CannotRun => {
  if (error instanceof CannotRun) return error
  const reason = listMessages(error).join(': ')
  // The SDK passes on errors of the network with their code in the message only.
  const text = [...listNames(error), reason].join(' ')
  const [, what = 'it failed'] =
    Object.entries(advice).find(([known]) => text.includes(known)) ?? []
  return new CannotRun(`Cannot work on ${name}: ${what} (${reason}).`)
}

/** @returns the name of an error and those of its causes */
const listNames = (error: unknown): string[] =>
  error instanceof Error ? [error.name, ...listNames(error.cause)] : []
