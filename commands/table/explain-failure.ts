import { type Advice, explainAwsFailure } from '../aws/explain-aws-failure.ts'
import { CannotRun } from '../command.ts'
import type { Target } from './target.ts'

const advice: Advice = {
  ResourceNotFoundException: 'there is no such table: check its name, the account and AWS_REGION',
  Timeout: 'DynamoDB did not answer',
  ECONNRESET: 'DynamoDB did not answer',
  InternalServerError: 'DynamoDB failed',
  ServiceUnavailable: 'DynamoDB did not answer',
  Throttl: 'DynamoDB throttles',
  TransactionConflict: 'others write the same items all the time',
  ProvisionedThroughputExceeded: 'DynamoDB throttles',
  RequestLimitExceeded: 'DynamoDB throttles',
  'Deserialization error':
    'what answers there is not DynamoDB: stop it, or correct AWS_ENDPOINT_URL_DYNAMODB',
  ECONNREFUSED: 'nothing answers there: start it, or correct AWS_ENDPOINT_URL_DYNAMODB',
}

/** Makes the sentence that a command ends with when it cannot work on its table. A CannotRun is one already. */
export const explainFailure = ({ name }: Pick<Target, 'name'>, error: unknown): CannotRun =>
  error instanceof CannotRun ? error : explainAwsFailure(`work on ${name}`, error, advice)
