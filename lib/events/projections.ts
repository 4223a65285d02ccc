import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import * as v from 'valibot'
import { catchRefusal, EventRefused } from '../domain/errors.ts'
import { logFailure, parseJson, readMessages, reserveMs } from './messages.ts'
import { parseValue } from './parse-value.ts'
import { id } from './schemas.ts'

/** A room that is throttled fails after this time, so that it does not hold up the others. A retry continues. */
const roomLimitMs = 25_000

const messageSchema = v.object({ room_id: id(1), revision: id(1) }, 'is not an object')

/** The body of a message that requests a projection of a large group. */
export const formatProjection = (roomId: number, revision: number): string =>
  JSON.stringify({ room_id: roomId, revision } satisfies v.InferOutput<typeof messageSchema>)

/** What messages of a batch request for one room. */
interface Projection {
  roomId: number
  /** The greatest number of the messages. */
  revision: number
  /** Whether an earlier attempt may have written some of the rows. */
  isRetry: boolean
}

/** A well-formed message. */
interface Message {
  messageId: string
  isRetry: boolean
  request: v.InferOutput<typeof messageSchema>
}

/**
 * Makes the handler of the messages that request projections of large groups. The rooms of a batch come one after the
 * other, so that some are done when the time is up, and each is projected once for all its messages. A malformed
 * message and a room that fails do not stop the others. A message that failed is delivered again, or moves to
 * FailedProjections in the end.
 * @param project returns how many rows it wrote
 */
export const makeProjectionHandler =
  (project: (projection: Projection, signal: AbortSignal) => Promise<number>) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const startedAt = performance.now()
    const records = readMessages(
      event,
      context,
      'projects the large groups that its SQS queue names',
    )
    const end = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - reserveMs))
    const failedIds: string[] = []
    const fail = (messageIds: string[], error: unknown, roomId?: number) => {
      failedIds.push(...messageIds)
      logFailure(context, { messageIds, roomId }, error)
    }
    const messages = records.flatMap((record): Message[] => {
      const parsed = catchRefusal(() => parseMessage(record))
      if (!(parsed instanceof EventRefused)) return [parsed]
      fail([record.messageId], parsed)
      return []
    })
    const rooms = Map.groupBy(messages, ({ request }) => request.room_id)
    let rowsWritten = 0
    for (const [roomId, ofRoom] of rooms) {
      const signal = AbortSignal.any([end, AbortSignal.timeout(roomLimitMs)])
      let left = ofRoom
      try {
        for (const part of splitRetries(ofRoom)) {
          rowsWritten += await project({ roomId, ...combine(part) }, signal)
          left = left.filter((message) => !part.includes(message))
        }
      } catch (error) {
        fail(
          left.map(({ messageId }) => messageId),
          error,
          roomId,
        )
      }
    }
    console.log(
      JSON.stringify({
        level: 'INFO',
        requestId: context.awsRequestId,
        messages: records.length,
        rooms: rooms.size,
        failed: failedIds.length,
        rowsWritten,
        durationMs: Math.round(performance.now() - startedAt),
      }),
    )
    return { batchItemFailures: failedIds.map((itemIdentifier) => ({ itemIdentifier })) }
  }

/** @throws EventRefused if it is malformed */
const parseMessage = ({ messageId, body, attributes }: SQSRecord): Message => ({
  messageId,
  isRetry: Number(attributes.ApproximateReceiveCount) > 1,
  request: parseValue(messageSchema, parseJson(body), 'message'),
})

/**
 * Retries come first, on their own: together with a newer message, they would write again what the first attempt has
 * written, so a busy group that DynamoDB throttles would never be finished.
 */
const splitRetries = (messages: Message[]): Message[][] =>
  [messages.filter(({ isRetry }) => isRetry), messages.filter(({ isRetry }) => !isRetry)].filter(
    (part) => part.length > 0,
  )

const combine = (messages: Message[]): Omit<Projection, 'roomId'> => ({
  revision: Math.max(...messages.map(({ request }) => request.revision)),
  isRetry: messages.some(({ isRetry }) => isRetry),
})
