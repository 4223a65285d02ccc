import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { APIGatewayProxyStructuredResultV2, Context, SQSBatchResponse } from 'aws-lambda'

/**
 * Runs in the process of a function instead of the Lambda runtime. It loads the bundle and says so, calls it
 * once when it is told to, reports how long each took, and then follows commands. Arguments: the bundle, and a
 * file with the event.
 */

/** Sent after the bundle is loaded. Any message in return starts the first call. */
export type Loaded = 'loaded'

export interface Start {
  loadMs: number
  firstMs: number
  /** From the start of the load to the end of the first call. */
  bothMs: number
  /** CPU time of load and first call together. */
  cpuMs: number
  maxRssBytes: number
}
/** Calls the function. Only `Probe` looks at the responses. */
export interface Block {
  requests: number
  concurrency: number
  /** What replaces parts of the event in the file. */
  over?: object
}
export interface BlockResult {
  cpuMs: number
  latenciesMs: number[]
  maxRssBytes: number
}
/** Calls the function once with this Accept-Encoding. */
export interface Probe {
  acceptEncoding: string
}
export type FunctionResponse = APIGatewayProxyStructuredResultV2

/** The longest time limit of a function. */
const limitMs = 60_000

type Handler = (
  event: unknown,
  context: Context,
) => Promise<FunctionResponse & Partial<SQSBatchResponse>>

const [file, eventFile] = process.argv.slice(2) as [string, string]
const event = JSON.parse(readFileSync(eventFile, 'utf8')) as { headers: Record<string, string> }

const load = (): Handler => (createRequire(file)(file) as { handler: Handler }).handler

const invoke = async (handler: Handler, over: object = {}): Promise<FunctionResponse> => {
  const end = Date.now() + limitMs
  const response = await handler({ ...event, ...over }, {
    awsRequestId: 'bench',
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'bench',
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context)
  const { batchItemFailures } = response
  if (batchItemFailures?.length === 0) return response
  if (batchItemFailures) throw new Error(`${batchItemFailures.length} messages failed`)
  if (response.statusCode !== 200)
    throw new Error(
      `the function returned ${response.statusCode ?? 'without a status'}: ${response.body ?? ''}`,
    )
  return response
}

const runBlock = async (handler: Handler, block: Block): Promise<BlockResult> => {
  const latenciesMs: number[] = []
  let left = block.requests
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const start = performance.now()
      await invoke(handler, block.over)
      latenciesMs.push(performance.now() - start)
    }
  }
  const before = process.cpuUsage()
  await Promise.all(Array.from({ length: block.concurrency }, worker))
  return {
    cpuMs: cpuMsSince(before),
    latenciesMs,
    maxRssBytes: maxRssBytes(),
  }
}

const cpuMsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
const maxRssBytes = (): number => process.resourceUsage().maxRSS * 1024

const main = async (): Promise<void> => {
  const before = process.cpuUsage()
  const start = performance.now()
  const handler = load()
  const loadMs = performance.now() - start
  process.send!('loaded' satisfies Loaded)
  await once(process, 'message')
  const called = performance.now()
  await invoke(handler)
  process.send!({
    loadMs,
    firstMs: performance.now() - called,
    bothMs: performance.now() - start,
    cpuMs: cpuMsSince(before),
    maxRssBytes: maxRssBytes(),
  } satisfies Start)

  process.on('message', (message: Block | Probe) => {
    const work: Promise<BlockResult | FunctionResponse> =
      'requests' in message
        ? runBlock(handler, message)
        : invoke(handler, {
            headers: { ...event.headers, 'accept-encoding': message.acceptEncoding },
          })
    work.then((result) => process.send!(result), fail)
  })
}

const fail = (error: unknown): void => {
  console.error(error)
  process.exit(1)
}

process.on('disconnect', () => process.exit())
main().catch(fail)
