import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb'
import { store } from '../../lib/deps.ts'

/** What stands between the client and the network: told each call, it lets it pass or fails it. */
export type Fault = (call: { command: string; number: number }) => Error | undefined

let last = 0

/**
 * Runs work with a fault at the client's edge, inside the SDK's own retries.
 * @param when before the call reaches the engine, or after it took effect there; or never: calls hang
 */
export const withFault = async <T>(
  fault: Fault,
  work: () => Promise<T>,
  when: 'before' | 'after' | 'never' = 'before',
): Promise<T> => {
  let number = 0
  const name = `fault-${(last += 1)}`
  store.client.middlewareStack.add(
    (next, context) => async (args) => {
      const command = String(context['commandName'])
      const error = fault({ command, number: number++ })
      if (when === 'never') return new Promise(() => undefined)
      if (error && when === 'before') throw error
      const answer = await next(args)
      if (error) throw error
      return answer
    },
    { name, step: 'finalizeRequest', priority: 'low' },
  )
  try {
    return await work()
  } finally {
    store.client.middlewareStack.remove(name)
  }
}

/** Fails the first calls that match. */
export const failing = (times: number, command: string, error: () => Error): Fault => {
  let left = times
  return (call) => (call.command === command && left-- > 0 ? error() : undefined)
}

/** Runs work in which the first BatchGetItem calls read nothing, as they may where DynamoDB throttles. */
export const withUnprocessedKeys = async <T>(times: number, work: () => Promise<T>): Promise<T> => {
  let left = times
  const name = `unprocessed-${(last += 1)}`
  store.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context['commandName'] !== 'BatchGetItemCommand' || left-- <= 0) return next(args)
      const { RequestItems } = args.input as { RequestItems: unknown }
      return {
        output: { $metadata, Responses: {}, UnprocessedKeys: RequestItems },
        response: undefined,
      } as any
    },
    { name, step: 'serialize', priority: 'high' },
  )
  try {
    return await work()
  } finally {
    store.client.middlewareStack.remove(name)
  }
}

const $metadata = {}

export const throttled = (): Error =>
  new ProvisionedThroughputExceededException({ message: 'throttled', $metadata })

export const conflict = (): Error =>
  new TransactionConflictException({ message: 'conflict', $metadata })

export const cancelled =
  (...codes: string[]) =>
  (): Error =>
    new TransactionCanceledException({
      message: 'cancelled',
      $metadata,
      CancellationReasons: codes.map((Code) => ({ Code })),
    })

export const timedOut = (): Error => Object.assign(new Error('timed out'), { name: 'TimeoutError' })

export const unreachable = (): Error =>
  Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
