import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { EventRefused, catchRefusal } from '../domain/errors.ts'
import type { ChatEvent } from '../domain/events.ts'
import { logFailure, parseJson, readMessages, reserveMs } from './messages.ts'
import { type ParsedEvent, parseEntry } from './parse-event.ts'

interface Applied {
  /** For each event, in order: why it was not applied. Undefined if it was. */
  outcomes: (Error | undefined)[]
  rowsWritten: number
}

/** An event that was not applied, or a whole message. */
interface Failure {
  /** The index of its message. */
  message: number
  /** Where it is in a message with several events, such as `detail.events[2]`. */
  place?: string | undefined
  /** Undefined if the event is malformed or of no room. */
  roomId?: number | undefined
  error: Error
}

interface AppliedMessages {
  /** The number of events in the messages that could be parsed. */
  events: number
  failures: Failure[]
  rowsWritten: number
}

/** Parses messages and applies their events. A malformed message or event does not stop the others. */
export const applyMessages = async (
  bodies: string[],
  applyEvents: (events: ChatEvent[]) => Promise<Applied>,
  now: () => number,
): Promise<AppliedMessages> => {
  const parsed = bodies.flatMap((body, message) =>
    parseMessage(body, now()).map((one) => ({ ...one, message })),
  )
  const events = parsed
    .map(({ event }) => event)
    .filter((event): event is ChatEvent => !(event instanceof Error))
  const { outcomes, rowsWritten } = await applyEvents(events)
  const applied = outcomes.values()
  const failures = parsed.flatMap(({ message, place, event }): Failure[] => {
    const error = event instanceof Error ? event : applied.next().value
    const roomId = 'room_id' in event ? event.room_id : undefined
    return error === undefined ? [] : [{ message, place, roomId, error }]
  })
  return { events: parsed.length, failures, rowsWritten }
}

const parseMessage = (body: string, now: number): ParsedEvent[] => {
  const parsed = catchRefusal(() => parseEntry(parseJson(body), now))
  return parsed instanceof EventRefused ? [{ event: parsed }] : parsed
}

/**
 * Makes the handler of the queue's messages. It reports each message that is malformed or has an event that failed,
 * so that SQS delivers only this message again, and moves it to the dead-letter queue in the end. Events of
 * the message that were applied are known then, and change nothing.
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
    const records = readMessages(event, context, 'applies the messages of its SQS queue')
    const timeLeftMs = Math.max(0, context.getRemainingTimeInMillis() - reserveMs)
    const { events, failures, rowsWritten } = await applyMessages(
      records.map(({ body }) => body),
      (events) => applyEvents(events, AbortSignal.timeout(timeLeftMs)),
      now,
    )
    const idOf = ({ message }: Failure) => records[message]!.messageId
    for (const failure of failures) {
      const { place, roomId, error } = failure
      logFailure(context, { messageId: idOf(failure), event: place, roomId }, error)
    }
    console.log(
      JSON.stringify({
        level: 'INFO',
        requestId: context.awsRequestId,
        messages: records.length,
        events,
        failed: failures.length,
        rowsWritten,
        durationMs: Math.round(performance.now() - startedAt),
      }),
    )
    const failedIds = [...new Set(failures.map(idOf))]
    return { batchItemFailures: failedIds.map((itemIdentifier) => ({ itemIdentifier })) }
  }
