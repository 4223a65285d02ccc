import { randomUUID } from 'node:crypto'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import pLimit from 'p-limit'

export type EventsFunction = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>

/** One batch at a time, so that the log between its start and its end is its own. */
const inTurn = pLimit(1)

/**
 * Invokes the function with a batch of messages, as the queue does.
 * @param bodies events as EventBridge passes them on, in JSON
 * @returns why events were refused, from the log of the function: nothing else has the reasons
 */
export const deliverEvents = (
  applyChatEvents: EventsFunction,
  bodies: string[],
): Promise<string[]> =>
  inTurn(async () => {
    const Records = bodies.map((body) => ({ messageId: randomUUID(), body })) as SQSEvent['Records']
    const context = {
      awsRequestId: randomUUID(),
      getRemainingTimeInMillis: () => 60_000,
    } as Context
    const log: string[] = []
    const { error: print } = console
    console.error = (line: string) => {
      log.push(line)
      print(line)
    }
    try {
      const { batchItemFailures } = await applyChatEvents({ Records }, context)
      return batchItemFailures.map(({ itemIdentifier }) => findReason(log, itemIdentifier))
    } finally {
      console.error = print
    }
  })

const findReason = (log: string[], messageId: string): string => {
  const line = log.find((each) => each.includes(messageId))!
  return (JSON.parse(line) as { reason: string }).reason
}
