import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Store } from '../../lib/store/store.ts'
import { simulateEdge, type Surroundings } from './edge.ts'
import { deliver, type Handler, type Runs } from './lambda.ts'
import type { Queue } from './queue.ts'
import type { QueueSettings } from './settings.ts'

/** The time of day at which simulations start. Rooms are older. */
export const startMs = Date.UTC(2024, 0, 2)

/** The environments of the functions that receive from queues. */
export class Functions {
  readonly runs: Runs = { gbSeconds: 0, failedDeliveries: 0 }
  readonly #surroundings: Surroundings
  readonly #tableName: string
  readonly #clients: DynamoDBClient[] = []
  #crash: unknown

  constructor(surroundings: Surroundings, tableName: string) {
    this.#surroundings = surroundings
    this.#tableName = tableName
  }

  /** Starts as many environments as the queue may have. Each has a client of its own. */
  start(
    queue: Queue,
    settings: QueueSettings,
    makeClient: () => DynamoDBClient,
    makeHandler: (store: Store) => Handler,
  ): void {
    const { clock, random } = this.#surroundings
    for (let count = 0; count < settings.concurrency; count += 1) {
      const client = makeClient()
      this.#clients.push(client)
      simulateEdge(client, this.#surroundings, settings.memoryMb)
      const handler = makeHandler(this.#makeStore(client))
      deliver({ queue, settings, clock, random }, handler, this.runs).catch((error: unknown) => {
        this.#crash = error
      })
    }
  }

  throwIfCrashed(): void {
    if (this.#crash !== undefined) throw this.#crash as Error
  }

  end(): void {
    for (const client of this.#clients) client.destroy()
  }

  #makeStore(client: DynamoDBClient): Store {
    const { clock, random } = this.#surroundings
    return {
      client: DynamoDBDocumentClient.from(client, {
        marshallOptions: { removeUndefinedValues: true },
      }),
      tableName: this.#tableName,
      now: () => startMs + clock.now,
      random,
      makeToken: randomUUID,
      signal: new AbortController().signal,
    }
  }
}
