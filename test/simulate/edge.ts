import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { unitsOf } from '../support/calls.ts'
import { type Call, readCall, type Write } from './call.ts'
import type { Capacity } from './capacity.ts'
import type { VirtualClock } from './clock.ts'

/** From the function to DynamoDB and back, in ms. It varies by a fifth. */
const latencyMs = 5
/** CPU time on a whole core, as the benchmarks measure it on this client: of a call, and of each thing in it. */
const cpuMs = { call: 0.45, statement: 0.02, itemRead: 0.01 }
/** The memory with which Lambda gives a function a whole core. */
const mbOfCore = 1769

/** The SDK's own retries of a call that is throttled: lib/dynamodb/client.ts and the SDK's StandardRetryStrategy. */
const sdk = { attempts: 3, pauseMs: 1000, longestPauseMs: 20_000, tokens: 500, retryCost: 5 }

/** What all clients of a simulated table share. */
export interface Surroundings {
  clock: VirtualClock
  /** At least 0, less than 1. */
  random: () => number
  capacity: Capacity
  order: PartitionOrder
  onWritten: (write: Write) => void
}

interface Args {
  input: Record<string, unknown>
}
interface Result {
  output: Record<string, unknown>
}

/**
 * Simulates the way between one environment of a function and DynamoDB: each call takes CPU time of the environment
 * and latency, and may be throttled. Then the real call takes no time.
 */
export const simulateEdge = (
  client: DynamoDBClient,
  surroundings: Surroundings,
  memoryMb: number,
): void => {
  const edge = new Edge(surroundings, memoryMb)
  const middleware =
    (next: (args: Args) => Promise<Result>, context: Record<string, unknown>) => (args: Args) => {
      const command = String(context['commandName']).replace(/Command$/, '')
      const { abortSignal } = context['__smithy_context'] as { abortSignal?: AbortSignal }
      return edge.send({ command, args, next, abortSignal })
    }
  client.middlewareStack.add(middleware as never, {
    name: 'simulateEdge',
    step: 'initialize',
    priority: 'low',
  })
}

interface Sending {
  command: string
  args: Args
  next: (args: Args) => Promise<Result>
  abortSignal: AbortSignal | undefined
}

class Edge {
  readonly #surroundings: Surroundings
  readonly #speed: number
  #cpuFreeAt = 0
  #retryTokens = sdk.tokens

  constructor(surroundings: Surroundings, memoryMb: number) {
    this.#surroundings = surroundings
    this.#speed = memoryMb / mbOfCore
  }

  async send(sending: Sending): Promise<Result> {
    const { command, args, abortSignal } = sending
    const { clock, random } = this.#surroundings
    const call = readCall(command, args.input)
    const isBatch = command === 'BatchExecuteStatement'
    await this.#useCpu(cpuMs.call + (isBatch ? call.writes.length * cpuMs.statement : 0))
    let totalRetryDelay = 0
    for (let attempt = 1; ; attempt += 1) {
      if (abortSignal?.aborted) throw makeError('AbortError')
      const result = isBatch
        ? await this.#executeStatements(sending, call)
        : await this.#execute(sending, call)
      if (result !== undefined) {
        this.#retryTokens = Math.min(
          sdk.tokens,
          this.#retryTokens + (attempt > 1 ? sdk.retryCost : 1),
        )
        await this.#useCpu(countItems(result.output) * cpuMs.itemRead)
        return result
      }
      if (attempt === sdk.attempts || this.#retryTokens < sdk.retryCost)
        throw Object.assign(makeError('ThrottlingException'), { $metadata: { totalRetryDelay } })
      this.#retryTokens -= sdk.retryCost
      const pauseMs = random() * Math.min(sdk.pauseMs * 2 ** (attempt - 1), sdk.longestPauseMs)
      totalRetryDelay += pauseMs
      await clock.sleep(pauseMs, abortSignal).catch(() => undefined)
    }
  }

  /** An environment has one core, or a part of it. */
  async #useCpu(ms: number): Promise<void> {
    if (ms === 0) return
    const { clock } = this.#surroundings
    this.#cpuFreeAt = Math.max(this.#cpuFreeAt, clock.now) + ms / this.#speed
    await clock.sleep(this.#cpuFreeAt - clock.now)
  }

  /** The way to DynamoDB and back. */
  #travel(): Promise<void> {
    const { clock, random } = this.#surroundings
    return clock.sleep(latencyMs * (0.8 + 0.4 * random()))
  }

  /** @returns undefined if it is throttled */
  async #execute({ command, args, next }: Sending, call: Call): Promise<Result | undefined> {
    const { capacity } = this.#surroundings
    if (!call.writes.every(({ partition }) => capacity.letIn(partition))) {
      await this.#travel()
      return undefined
    }
    const result = await this.#perform(call.partitions, () => next(withCapacity(args.input)))
    this.#noteWritten(command, call.writes, result)
    return result
  }

  /** A statement that is throttled gets its error in its place, and the others are executed. */
  async #executeStatements({ command, args, next }: Sending, call: Call): Promise<Result> {
    const { capacity } = this.#surroundings
    const isIn = call.writes.map(({ partition }) => capacity.letIn(partition))
    const statements = args.input['Statements'] as unknown[]
    const Statements = statements.filter((_, index) => isIn[index])
    const result: Result = await this.#perform(call.partitions, () =>
      Statements.length === 0
        ? Promise.resolve({ output: { $metadata: {} } })
        : next(withCapacity({ ...args.input, Statements })),
    )
    const responses = ((result.output['Responses'] ?? []) as StatementResponse[]).values()
    const Responses = isIn.map((each) => (each ? responses.next().value! : throttledStatement))
    const written = call.writes.filter((_, index) => Responses[index]?.Error === undefined)
    this.#noteWritten(command, written, result)
    return { ...result, output: { ...result.output, Responses } }
  }

  /** The engine works during the latency, so that calls of about the same moment overlap in real time. */
  async #perform(partitions: string[], call: () => Promise<Result>): Promise<Result> {
    const { clock, order } = this.#surroundings
    const response = order.run(partitions, call)
    await this.#travel()
    return clock.waitFor(response)
  }

  #noteWritten(command: string, writes: Write[], { output }: Result): void {
    const { capacity, onWritten } = this.#surroundings
    const { write: units } = unitsOf([{ command, input: {}, output }])
    for (const write of writes) {
      // One unit was paid on the way in.
      capacity.pay(write.partition, units / writes.length - 1)
      onWritten(write)
    }
  }
}

interface StatementResponse {
  Error?: { Code: string; Message: string }
}

const throttledStatement: StatementResponse = {
  Error: { Code: 'ThrottlingError', Message: 'Throughput exceeds the current capacity.' },
}

const withCapacity = (input: Args['input']): Args => ({
  input: { ...input, ReturnConsumedCapacity: 'INDEXES' },
})

const makeError = (name: string): Error => Object.assign(new Error(name), { name })

const countItems = ({ Items, Responses }: Result['output']): number => {
  if (Items) return (Items as unknown[]).length
  if (Responses === undefined || Array.isArray(Responses)) return 0
  return Object.values(Responses as Record<string, unknown[]>).flat().length
}

/**
 * Real calls of different partitions may overlap. Those of the same partition reach the engine in the order of the
 * simulation, so that a run can be repeated.
 */
export class PartitionOrder {
  readonly #last = new Map<string, Promise<unknown>>()

  run<T>(partitions: string[], call: () => Promise<T>): Promise<T> {
    const before = partitions.map((partition) => this.#last.get(partition) ?? Promise.resolve())
    const response = Promise.allSettled(before).then(call)
    for (const partition of partitions) this.#last.set(partition, response)
    // It may fail before the simulation asks for it.
    response.catch(() => undefined)
    return response
  }
}
