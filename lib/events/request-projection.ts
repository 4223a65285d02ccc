import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { formatProjection } from './projections.ts'

/**
 * Makes the function that requests projections of large groups, by messages to a FIFO queue.
 * @param queueUrl of the queue. It delivers the messages of a room to one run at a time, which saves writes
 * @param makeToken SQS drops a message with the token of an earlier one, so each has a new one. It only covers
 * the repetitions of the SDK
 */
export const makeProjectionRequests = (
  queueUrl: string,
  makeToken: () => string,
): ((roomId: number, revision: number, abortSignal: AbortSignal) => Promise<void>) => {
  // Three tries end within the function's time limit.
  const client = new SQSClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
  })
  return async (roomId, revision, abortSignal) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: formatProjection(roomId, revision),
        MessageGroupId: String(roomId),
        MessageDeduplicationId: makeToken(),
      }),
      { abortSignal },
    )
  }
}
