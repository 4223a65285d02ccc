import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { isThrottlingError, isTransientError } from '@smithy/core/retry'
import { InboxError } from '../domain/errors.ts'
import type { Item } from './item.ts'

/** The condition of one or more writes did not hold. */
export class ConditionFailed extends Error {
  /** The item that is stored, by the index of the write in its transaction (0 for a single write). */
  readonly found: ReadonlyMap<number, Item | undefined>

  constructor(found: ReadonlyMap<number, Item | undefined>, options?: ErrorOptions) {
    super('a condition of the write did not hold', options)
    this.name = 'ConditionFailed'
    this.found = found
  }
}

/** Somebody else is writing the same items, or DynamoDB throttles. Another try can succeed. */
export class Contention extends InboxError {
  /** How many milliseconds the SDK paused between its own tries. */
  readonly pausedMs: number

  constructor({ pausedMs = 0, ...options }: ErrorOptions & { pausedMs?: number | undefined } = {}) {
    super('unavailable', unavailable, options)
    this.name = 'Contention'
    this.pausedMs = pausedMs
  }
}

const unavailable = 'the chat inbox cannot be reached for the moment: send the request again'

/** Translates the client's errors into the errors above or `unavailable`. Any other error stays as it is. */
export const translateErrors = (client: DynamoDBClient): void => {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        throw translate(error as SdkError)
      }
    },
    { name: 'translateErrors', step: 'initialize', priority: 'high' },
  )
}

type SdkError = Error &
  Parameters<typeof isThrottlingError>[0] & { $metadata?: { totalRetryDelay?: number } }

const translate = (cause: SdkError): Error => {
  if (cause instanceof ConditionalCheckFailedException)
    return new ConditionFailed(new Map([[0, unmarshallItem(cause.Item)]]), { cause })
  if (cause instanceof TransactionCanceledException) return translateCancellation(cause)
  if (cause instanceof TransactionConflictException || isThrottlingError(cause))
    return new Contention({ cause, pausedMs: cause.$metadata?.totalRetryDelay })
  if (cause.name === 'AbortError' || isTransientError(cause))
    return new InboxError('unavailable', unavailable, { cause })
  return cause
}

/** A failed condition outweighs contention: the same transaction would fail again. */
const translateCancellation = (cause: TransactionCanceledException): Error => {
  const reasons = cause.CancellationReasons ?? []
  const failed = reasons.flatMap(({ Code, Item }, index) =>
    Code === 'ConditionalCheckFailed' ? [[index, unmarshallItem(Item)] as const] : [],
  )
  if (failed.length > 0) return new ConditionFailed(new Map(failed), { cause })
  return reasons.every(({ Code }) => retryableReasons.has(Code))
    ? new Contention({ cause, pausedMs: cause.$metadata.totalRetryDelay })
    : cause
}

const retryableReasons: ReadonlySet<string | undefined> = new Set([
  'None',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
])

const unmarshallItem = (item: Parameters<typeof unmarshall>[0] | undefined): Item | undefined =>
  item && Object.keys(item).length > 0 ? unmarshall(item) : undefined
