import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { listCauses, EventRefused } from '../domain/errors.ts'
import type { ChatEvent } from '../domain/events.ts'
import { parseEvent } from './parse-event.ts'

/** The time at the end of an invocation for reporting the messages that could not be applied. */
const reserveMs = 2000

interface Applied {
  /** For each event or message, in order: why it was not applied. Undefined if it was. */
  outcomes: (Error | undefined)[]
  rowsWritten: number
}

/** Parses messages and applies their events. A malformed message does not stop the others. */
export const applyMessages = async (
  bodies: string[],
  applyEvents: (events: ChatEvent[]) => Promise<Applied>,
  now: () => number,
): Promise<Applied> => {
  const parsed = bodies.map((body): ChatEvent | Error => {
    try {
      return parseEvent(parseJson(body), now())
    } catch (error) {
      return error as Error
    }
  })
  const { outcomes, rowsWritten } = await applyEvents(
    parsed.filter((event): event is ChatEvent => !(event instanceof Error)),
  )
  const applied = outcomes.values()
  return {
    outcomes: parsed.map((event) => (event instanceof Error ? event : applied.next().value)),
    rowsWritten,
  }
}

/**
 * Makes the handler of the queue's messages. It reports each message that is malformed or that failed, so
 * that SQS delivers only this message again, and moves it to the dead-letter queue in the end.
 *
 * The handler throws EventRefused for an event without messages of a queue, such as the event that the
 * console's Test button sends.
 * @param now milliseconds since the epoch
 */
export const makeQueueHandler =
  (
    applyEvents: (events: ChatEvent[], signal: AbortSignal) => Promise<Applied>,
    now: () => number,
  ) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const startedAt = performance.now()
    const records = readRecords(event, context)
    const timeLeftMs = Math.max(0, context.getRemainingTimeInMillis() - reserveMs)
    const { outcomes, rowsWritten } = await applyMessages(
      records.map(({ body }) => body),
      (events) => applyEvents(events, AbortSignal.timeout(timeLeftMs)),
      now,
    )
    const failures = records.flatMap(({ messageId }, index) => {
      const error = outcomes[index]
      return error ? [{ messageId, error }] : []
    })
    for (const { messageId, error } of failures) logFailure(messageId, error, context)
    console.log(
      JSON.stringify({
        level: 'INFO',
        requestId: context.awsRequestId,
        events: records.length,
        failed: failures.length,
        rowsWritten,
        durationMs: Math.round(performance.now() - startedAt),
      }),
    )
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }

const readRecords = (event: unknown, context: Context): SQSRecord[] => {
  const { Records } = (event ?? {}) as { Records?: unknown }
  if (Array.isArray(Records) && Records.every(isMessage)) return Records
  const reason =
    'this function applies the messages of its SQS queue: the event has no "Records" list of them, so put chat events on the event bus'
  console.error(JSON.stringify({ level: 'ERROR', requestId: context.awsRequestId, reason }))
  throw new EventRefused(reason)
}

const isMessage = (record: unknown): record is SQSRecord => {
  const { messageId, body } = (record ?? {}) as Partial<SQSRecord>
  return typeof messageId === 'string' && typeof body === 'string'
}

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    // The message of the parser quotes the text, which may be personal.
    throw new EventRefused('the message is not JSON')
  }
}

const logFailure = (messageId: string, error: Error, context: Context): void => {
  const refused = error instanceof EventRefused
  console.error(
    JSON.stringify({
      level: 'ERROR',
      requestId: context.awsRequestId,
      messageId,
      reason: refused ? error.message : listCauses(error),
    }),
  )
}
