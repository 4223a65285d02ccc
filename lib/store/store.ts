import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Together } from './together.ts'

/** What reading and writing the table needs, for one invocation of a function. */
export interface Store {
  client: DynamoDBDocumentClient
  tableName: string
  /** Milliseconds since the epoch. */
  now: () => number
  /** At least 0, less than 1: for the jitter of retries. */
  random: () => number
  /** @returns a new UUID, for the token of a transaction */
  makeToken: () => string
  /** Aborts once the invocation's time is up. */
  signal: AbortSignal
  /**
   * How many milliseconds an operation that meets contention may pause, all its retries and those of the SDK
   * together. Without it, until the time is up.
   */
  patienceMs?: number
  /** Sends reads and writes with others of the same moment. Without it, each is a call. */
  together?: Together
}
