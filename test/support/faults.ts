import {
  ConditionalCheckFailedException,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb'
import { intercept } from './intercept.ts'

/**
 * Decides whether a call fails.
 * @param call its command, such as `Query`, and its number, counted from 0
 * @returns the error it fails with, or undefined where it succeeds
 */
export type Fault = (call: { command: string; number: number }) => Error | undefined

/**
 * Runs work with a fault between the SDK's retries and the network.
 * @param when before the call reaches the engine, or after it took effect there; with `never`, calls hang
 */
export const withFault = async <T>(
  fault: Fault,
  work: () => Promise<T>,
  when: 'before' | 'after' | 'never' = 'before',
): Promise<T> => {
  let number = 0
  return intercept(
    async ({ command, send }) => {
      const error = fault({ command, number })
      number += 1
      if (when === 'never') return new Promise(() => undefined)
      if (error && when === 'before') throw error
      const response = await send()
      if (error) throw error
      return response
    },
    work,
    { step: 'finalizeRequest', priority: 'low' },
  )
}

/** Fails the first calls of a command. */
export const failFirst = (times: number, command: string, makeError: () => Error): Fault => {
  let left = times
  return (call) => {
    if (call.command !== command || left === 0) return undefined
    left -= 1
    return makeError()
  }
}

/** Runs work in which the first BatchGetItem calls leave all their keys unread, as under throttling. */
export const withUnprocessedKeys = async <T>(times: number, work: () => Promise<T>): Promise<T> => {
  let left = times
  return intercept(
    ({ command, input, send }) => {
      if (command !== 'BatchGetItem' || left === 0) return send()
      left -= 1
      return Promise.resolve({
        output: { $metadata, Responses: {}, UnprocessedKeys: input['RequestItems'] },
      })
    },
    work,
    { step: 'serialize', priority: 'high' },
  )
}

/**
 * Decides whether a statement of a BatchExecuteStatement fails.
 * @param number of the statement, counted from 0 over all calls
 * @param parameters of the statement, in the form of the wire
 * @returns the code of its error, or undefined if it succeeds
 */
export type StatementFault = (number: number, parameters: unknown[]) => string | undefined

/**
 * Runs work in which statements fail within calls that succeed.
 * @param when before a statement takes effect, or after it took effect, so that its error is wrong
 */
export const withStatementFault = async <T>(
  fault: StatementFault,
  work: () => Promise<T>,
  when: 'before' | 'after' = 'before',
): Promise<T> => {
  let number = 0
  return intercept(
    async ({ command, input, send }) => {
      if (command !== 'BatchExecuteStatement') return send()
      const statements = input['Statements'] as { Parameters: unknown[] }[]
      const codes = statements.map(({ Parameters }) => fault(number++, Parameters))
      const sent = when === 'after' ? statements : statements.filter((_, index) => !codes[index])
      const response = sent.length > 0 ? await send({ ...input, Statements: sent }) : noResponses
      const responses = [...(response.output.Responses as object[])]
      const Responses = codes.map((Code) => {
        const real = Code === undefined || when === 'after' ? responses.shift() : undefined
        return Code === undefined ? real : { Error: { Code, Message: 'injected' } }
      })
      return { ...response, output: { ...response.output, Responses } }
    },
    work,
    { step: 'serialize', priority: 'high' },
  )
}

/** Runs work that stops in a BatchExecuteStatement: after its first statements, nothing takes effect any more. */
export const withStopInBatch = async <T>(
  statements: number,
  work: () => Promise<T>,
): Promise<T> => {
  let isStopped = false
  return intercept(
    async ({ command, input, send }) => {
      if (!isStopped && command !== 'BatchExecuteStatement') return send()
      if (!isStopped) {
        isStopped = true
        await send({
          ...input,
          Statements: (input['Statements'] as object[]).slice(0, statements),
        })
      }
      throw new Error('crash')
    },
    work,
    { step: 'serialize', priority: 'high' },
  )
}

const $metadata = {}
const noResponses = { output: { $metadata, Responses: [] } }

export const throttled = (): Error =>
  new ProvisionedThroughputExceededException({ message: 'throttled', $metadata })

export const conditionFailed = (): Error =>
  new ConditionalCheckFailedException({ message: 'the condition failed', $metadata })

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
