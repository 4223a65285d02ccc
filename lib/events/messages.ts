import type { Context, SQSRecord } from 'aws-lambda'
import { EventRefused, listCauses } from '../domain/errors.ts'

/** The time at the end of an invocation for reporting the messages that failed. */
export const reserveMs = 2000

/**
 * Reads the records of an invocation.
 * @param task what the function does, for the error
 * @throws EventRefused if the event has other records or none, such as the event that the console's Test button sends
 */
export const readRecords = <Record>(
  event: unknown,
  context: Context,
  isRecord: (record: unknown) => record is Record,
  task: string,
): Record[] => {
  const { Records } = (event ?? {}) as { Records?: unknown }
  if (Array.isArray(Records) && Records.every(isRecord)) return Records
  const reason = `this function ${task}`
  console.error(JSON.stringify({ level: 'ERROR', requestId: context.awsRequestId, reason }))
  throw new EventRefused(reason)
}

/** Reads the messages that Lambda received from a queue. It throws as {@link readRecords} does. */
export const readMessages = (event: unknown, context: Context, task: string): SQSRecord[] =>
  readRecords(
    event,
    context,
    isMessage,
    `${task}: the event has no "Records" list of messages, so put chat events on the event bus`,
  )

const isMessage = (record: unknown): record is SQSRecord => {
  const { messageId, body } = (record ?? {}) as Partial<SQSRecord>
  return typeof messageId === 'string' && typeof body === 'string'
}

/** @throws EventRefused if the body of a message is not JSON */
export const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    // The message of the parser quotes the text, which may be personal.
    throw new EventRefused('the message is not JSON')
  }
}

/**
 * Logs why messages failed. A refusal says all in its message; another error has its causes and stacks.
 * @param fields what failed: ids, and nothing that a person wrote
 */
export const logFailure = (context: Context, fields: object, error: unknown): void => {
  console.error(
    JSON.stringify({
      level: 'ERROR',
      requestId: context.awsRequestId,
      ...fields,
      reason: error instanceof EventRefused ? error.message : listCauses(error),
    }),
  )
}
