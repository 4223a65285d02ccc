import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'

type EventsFunction = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>

const file = new URL('sample-chats.jsonl', import.meta.url)

/** Users of the sample chats whose listings show most. */
export const sampleUsers = ['arizal@example.com', 'john.doe@example.com', 'tes5@tes.com']

/** Invokes the function with the events of the sample chats, as the queue does. */
export const loadSampleChats = async (applyChatEvents: EventsFunction): Promise<void> => {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const Records = lines.map((body) => ({ messageId: randomUUID(), body })) as SQSEvent['Records']
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 60_000 } as Context
  const { batchItemFailures } = await applyChatEvents({ Records }, context)
  if (batchItemFailures.length > 0)
    throw new Error(`${batchItemFailures.length} events of the sample chats were refused`)
}
