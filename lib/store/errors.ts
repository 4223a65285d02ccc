import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb'
import { type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb'
import { isThrottlingError, isTransientError } from '@smithy/core/retry'
import { InboxError } from '../domain/errors.ts'

export type Item = Record<string, NativeAttributeValue>

/** Conditions did not hold. `met` has, by the place of the write that failed, the item that was there. */
export class ConditionFailed extends Error {
  readonly met: ReadonlyMap<number, Item | undefined>

  constructor(met: ReadonlyMap<number, Item | undefined>, options?: ErrorOptions) {
    super('a condition of the write did not hold', options)
    this.name = 'ConditionFailed'
    this.met = met
  }
}

/** Nothing is wrong but that others write the same items, or too much is written: worth another try. */
export class Contention extends InboxError {
  constructor(options?: ErrorOptions) {
    super('unavailable', unavailable, options)
    this.name = 'Contention'
  }
}

const unavailable = 'the chat inbox cannot be reached for the moment: send the request again'

/** Makes every error of the client one of the above; what is nobody's passing trouble stays as it is. */
export const translateErrors = (client: DynamoDBClient): void => {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        throw translated(error as SdkError)
      }
    },
    { name: 'translateErrors', step: 'initialize', priority: 'high' },
  )
}

type SdkError = Error & Parameters<typeof isThrottlingError>[0]

const translated = (cause: SdkError): Error => {
  if (cause instanceof ConditionalCheckFailedException)
    return new ConditionFailed(new Map([[0, plain(cause.Item)]]), { cause })
  if (cause instanceof TransactionCanceledException) return judged(cause)
  if (cause instanceof TransactionConflictException || isThrottlingError(cause))
    return new Contention({ cause })
  if (cause.name === 'AbortError' || isTransientError(cause))
    return new InboxError('unavailable', unavailable, { cause })
  return cause
}

/** A cancelled transaction is judged by its reasons: a failed condition outweighs contention. */
const judged = (cause: TransactionCanceledException): Error => {
  const reasons = cause.CancellationReasons ?? []
  const failed = reasons.flatMap(({ Code, Item }, index) =>
    Code === 'ConditionalCheckFailed' ? [[index, plain(Item)] as const] : [],
  )
  if (failed.length > 0) return new ConditionFailed(new Map(failed), { cause })
  return reasons.every(({ Code }) => passing.has(Code)) ? new Contention({ cause }) : cause
}

const passing: ReadonlySet<string | undefined> = new Set([
  'None',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
])

const plain = (item: Parameters<typeof unmarshall>[0] | undefined): Item | undefined =>
  item && Object.keys(item).length > 0 ? unmarshall(item) : undefined
