import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { VirtualClock } from './clock.ts'
import type { Message, Queue } from './queue.ts'
import type { QueueSettings } from './settings.ts'

export type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>

/** The most that one request to SQS receives. */
const mostReceived = 10
/** How long a poller waits while nothing is there, in ms. It varies. */
const pollMs = 50

/** What the runs of a function took, and how often they failed. */
export interface Runs {
  gbSeconds: number
  /** Messages that failed and are delivered again, counted at each delivery. */
  failedDeliveries: number
}

interface Source {
  queue: Queue
  settings: QueueSettings
  clock: VirtualClock
  random: () => number
}

/** Delivers the messages of a queue to a function for ever, in one of its environments. */
export const deliver = async (source: Source, handler: Handler, runs: Runs): Promise<never> => {
  const { queue, settings, clock } = source
  for (;;) {
    const batch = await collect(source)
    const startedAt = clock.now
    const context = {
      awsRequestId: 'simulated',
      getRemainingTimeInMillis: () => settings.timeLimitMs - (clock.now - startedAt),
    } as Context
    const { batchItemFailures } = await handler(toEvent(batch), context)
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    queue.delete(batch.filter(({ id }) => !failed.has(id)))
    runs.failedDeliveries += failed.size
    runs.gbSeconds += ((clock.now - startedAt) / 1000) * (settings.memoryMb / 1024)
  }
}

/** Waits for messages, and then for more until the batch is full or the window is over. */
const collect = async ({ queue, settings, clock, random }: Source): Promise<Message[]> => {
  const { batchSize, windowMs } = settings
  const batch: Message[] = []
  let end = Infinity
  while (batch.length < batchSize && clock.now < end) {
    const received = queue.receive(Math.min(mostReceived, batchSize - batch.length))
    if (batch.length === 0 && received.length > 0) end = clock.now + windowMs
    batch.push(...received)
    if (received.length < mostReceived)
      await clock.sleep(Math.min(pollMs * (1 + random()), Math.max(0, end - clock.now)))
  }
  return batch
}

const toEvent = (messages: Message[]): SQSEvent => ({
  Records: messages.map(({ id, body, receives }) => ({
    messageId: id,
    body,
    attributes: { ApproximateReceiveCount: String(receives) },
  })) as SQSEvent['Records'],
})
