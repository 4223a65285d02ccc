/** How a queue delivers its messages to its function. */
export interface QueueSettings {
  /** A message waits this long before it is delivered. */
  delayMs: number
  visibilityMs: number
  maxReceives: number
  batchSize: number
  /** How long Lambda collects a batch. */
  windowMs: number
  concurrency: number
  memoryMb: number
  timeLimitMs: number
}

/** The queue behind the bus: infra/events-stack.ts, with the concurrency of the stage staging (infra/stages.ts). */
export const eventsQueue: QueueSettings = {
  delayMs: 0,
  visibilityMs: 120_000,
  maxReceives: 15,
  batchSize: 100,
  windowMs: 1000,
  concurrency: 10,
  memoryMb: 1024,
  timeLimitMs: 60_000,
}

/** The queue of requested projections, in the same places. */
export const projectionsQueue: QueueSettings = {
  ...eventsQueue,
  delayMs: 2000,
  maxReceives: 10,
  batchSize: 10,
  windowMs: 0,
  concurrency: 5,
}

/** The queue behind the bus in versions that project every group at once. */
export const eventsQueueAtOnce: QueueSettings = {
  ...eventsQueue,
  visibilityMs: 360_000,
  maxReceives: 5,
}

/** As in functions/apply-chat-events.ts. */
export const largestAtOnce = 100
export const patienceMs = 2000
