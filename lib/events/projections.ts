import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import * as v from 'valibot'
import { catchRefusal, EventRefused, listCauses } from '../domain/errors.ts'
import { parseJson, readRecords } from './messages.ts'
import { parseValue } from './parse-value.ts'

/** The time at the end of an invocation for reporting the messages that failed. */
const reserveMs = 2000
/** A room that is throttled fails after this time, so that it does not hold up the others. A retry continues. */
const roomLimitMs = 25_000

const wholeNumber = (least: number) =>
  v.pipe(
    v.number('is not a number'),
    v.safeInteger('is not a whole number'),
    v.minValue(least, `is less than ${least}`),
  )

const messageSchema = v.object(
  { room_id: wholeNumber(1), revision: wholeNumber(1) },
  'is not an object',
)

/** The body of a message that requests a projection of a large group. */
export const formatProjection = (roomId: number, revision: number): string =>
  JSON.stringify({ room_id: roomId, revision } satisfies v.InferOutput<typeof messageSchema>)

/** What the messages of a batch request for one room. */
interface Projection {
  roomId: number
  /** The greatest number of the messages. */
  revision: number
  /** Whether a message was received before, so that some rows may be written already. */
  isRetry: boolean
}

/** A message, or why it is malformed. */
interface Message {
  record: SQSRecord
  request: v.InferOutput<typeof messageSchema> | EventRefused
}

/**
 * Makes the handler of the messages that request projections of large groups. The rooms of a batch come one after the
 * other, so that some are done when the time is up, and each is projected once, for its newest message. A malformed
 * message and a room that fails do not stop the others. A message that failed is delivered again, or moves to
 * FailedProjections in the end.
 * @param project returns how many rows it wrote
 */
export const makeProjectionHandler =
  (project: (projection: Projection, signal: AbortSignal) => Promise<number>) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const startedAt = performance.now()
    const records = readRecords(
      event,
      context,
      'projects the large groups that its SQS queue names',
    )
    const end = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - reserveMs))
    const failedIds: string[] = []
    let rowsWritten = 0
    const fail = (messages: Message[], error: unknown, roomId?: number) => {
      const messageIds = messages.map(({ record }) => record.messageId)
      failedIds.push(...messageIds)
      logFailure(messageIds, roomId, error, context)
    }
    const messages = records.map(parseMessage)
    const rooms = Map.groupBy(messages, ({ request }) =>
      request instanceof EventRefused ? request : request.room_id,
    )
    for (const [room, ofRoom] of rooms)
      if (room instanceof EventRefused) fail(ofRoom, room)
      else
        try {
          const signal = AbortSignal.any([end, AbortSignal.timeout(roomLimitMs)])
          rowsWritten += await project({ roomId: room, ...combine(ofRoom) }, signal)
        } catch (error) {
          fail(ofRoom, error, room)
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

const parseMessage = (record: SQSRecord): Message => ({
  record,
  request: catchRefusal(() => parseValue(messageSchema, parseJson(record.body), 'message')),
})

const combine = (messages: Message[]): Omit<Projection, 'roomId'> => ({
  revision: Math.max(
    ...messages.map(({ request }) => (request instanceof EventRefused ? 0 : request.revision)),
  ),
  isRetry: messages.some(({ record }) => Number(record.attributes.ApproximateReceiveCount) > 1),
})

const logFailure = (
  messageIds: string[],
  roomId: number | undefined,
  error: unknown,
  context: Context,
): void => {
  console.error(
    JSON.stringify({
      level: 'ERROR',
      requestId: context.awsRequestId,
      messageIds,
      roomId,
      reason: error instanceof EventRefused ? error.message : listCauses(error),
    }),
  )
}
