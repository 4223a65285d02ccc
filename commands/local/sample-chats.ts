import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'

export type EventsFunction = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>

const file = new URL('sample-chats.jsonl', import.meta.url)

/** The people of the sample chats who are worth being. */
export const sampleUsers = ['arizal@example.com', 'john.doe@example.com', 'tes5@tes.com']

/** Sends the events of the sample chats through the function that applies events, as its queue would. */
export const loadSampleChats = async (applyChatEvents: EventsFunction): Promise<void> => {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const Records = lines.map((body) => ({ messageId: randomUUID(), body })) as SQSEvent['Records']
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 60_000 } as Context
  const { batchItemFailures } = await applyChatEvents({ Records }, context)
  if (batchItemFailures.length > 0)
    throw new Error(`${batchItemFailures.length} events of the sample chats were refused`)
}
