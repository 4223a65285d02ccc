import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { causesOf, EventRefused } from '../domain/errors.ts'
import type { ChatEvent } from '../domain/events.ts'
import { parseEvent } from './parse-event.ts'

/** What is left of the function's time limit when it stops applying and reports what is not done. */
const reserveMs = 2000

/**
 * The function behind the queue, over whatever applies events: reports each message that is malformed
 * or failed, so that it alone is delivered again, and in the end goes to the dead-letter queue.
 * @param now milliseconds since the epoch
 */
export const eventsFunction =
  (
    applyEvents: (
      events: ChatEvent[],
      signal: AbortSignal,
    ) => Promise<{ outcomes: (Error | undefined)[]; rowsWritten: number }>,
    now: () => number,
  ) =>
  async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const startedAt = performance.now()
    const failures = new Map<string, Error>()
    const messages = Records.flatMap(({ messageId, body }) => {
      try {
        return [{ messageId, event: parseEvent(parsedJson(body), now()) }]
      } catch (error) {
        failures.set(messageId, error as Error)
        return []
      }
    })
    const timeLeftMs = Math.max(0, context.getRemainingTimeInMillis() - reserveMs)
    const { outcomes, rowsWritten } = await applyEvents(
      messages.map(({ event }) => event),
      AbortSignal.timeout(timeLeftMs),
    )
    for (const [index, { messageId }] of messages.entries()) {
      const error = outcomes[index]
      if (error) failures.set(messageId, error)
    }
    for (const [messageId, error] of failures) logFailure(messageId, error, context)
    console.log(
      JSON.stringify({
        level: 'INFO',
        requestId: context.awsRequestId,
        events: Records.length,
        failed: failures.size,
        rowsWritten,
        durationMs: Math.round(performance.now() - startedAt),
      }),
    )
    return { batchItemFailures: [...failures.keys()].map((itemIdentifier) => ({ itemIdentifier })) }
  }

const parsedJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    // The parser's own message quotes the text, which may be a person's.
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
      reason: refused ? error.message : causesOf(error),
    }),
  )
}
