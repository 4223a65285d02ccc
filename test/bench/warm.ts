import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { CannotRun } from '../../infra/command.ts'
import { type Contestant, personal } from './contestants.ts'
import type { Answer, BlockResult } from './lambda.ts'
import type { Machine, Running } from './processes.ts'
import { pairedRatio, quantile, type Ratio, rotated } from './statistics.ts'

export interface Load {
  /** Of the function's process, a request. */
  cpuMs: number
  toBare?: Ratio
  toTuned?: Ratio
  p50Ms: number
  p95Ms: number
  p99Ms: number
}

export interface Warm {
  name: string
  alone: Load
  sixteen: Load
  /** After the calls of one at a time, as Lambda sends them. */
  maxRssBytes: number
}

export interface Answers {
  plainBytes: number
  gzipBytes: number
  brotliBytes: number
}

/** How often each contestant is called: in turn, so many requests at a time. */
interface Blocks {
  rounds: number
  requests: number
}

interface Extent {
  warmUp: number
  alone: Blocks
  sixteen: Blocks
}

/** Calls each contestant in a process of its own, a block of requests at a time in turn. */
export const measureWarm = async (
  machine: Machine,
  contestants: Contestant[],
  { warmUp, alone: one, sixteen: many }: Extent,
): Promise<{ warm: Warm[]; answers: Answers }> => {
  const running = new Map<string, Running>()
  for (const contestant of contestants)
    running.set(contestant.name, await machine.start(contestant))
  try {
    for (const [name, each] of running) await expectRooms(name, each)
    for (const each of running.values()) await each.run({ requests: warmUp, concurrency: 1 })
    const alone = await runBlocks(running, one, 1)
    const sixteen = await runBlocks(running, many, 16)

    const loadOf = (
      blocks: Map<string, BlockResult[]>,
      { name, bare, tuned }: Contestant,
    ): Load => {
      const cpuOf = (each: string) =>
        blocks.get(each)!.map(({ cpuMs, latenciesMs }) => cpuMs / latenciesMs.length)
      const latencies = blocks.get(name)!.flatMap(({ latenciesMs }) => latenciesMs)
      return {
        cpuMs: quantile(cpuOf(name), 0.5),
        ...(bare && { toBare: pairedRatio(cpuOf(name), cpuOf(bare)) }),
        ...(tuned && { toTuned: pairedRatio(cpuOf(name), cpuOf(tuned)) }),
        p50Ms: quantile(latencies, 0.5),
        p95Ms: quantile(latencies, 0.95),
        p99Ms: quantile(latencies, 0.99),
      }
    }
    return {
      warm: contestants.map((contestant) => ({
        name: contestant.name,
        alone: loadOf(alone, contestant),
        sixteen: loadOf(sixteen, contestant),
        maxRssBytes: alone.get(contestant.name)!.at(-1)!.maxRssBytes,
      })),
      answers: await sizesOf(running.get(personal)!),
    }
  } finally {
    for (const each of running.values()) await each.end()
  }
}

const runBlocks = async (
  running: Map<string, Running>,
  { rounds, requests }: Blocks,
  concurrency: number,
): Promise<Map<string, BlockResult[]>> => {
  const blocks = new Map<string, BlockResult[]>([...running.keys()].map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const [name, each] of rotated([...running], round))
      blocks.get(name)!.push(await each.run({ requests, concurrency }))
  return blocks
}

/** Nobody is to be quick by answering something else. */
const expectRooms = async (name: string, running: Running): Promise<void> => {
  const text = decoded(await running.probe({ acceptEncoding: 'identity' })).toString()
  const rooms = text.match(/"room_name":/g)?.length
  if (rooms !== 20)
    throw new CannotRun(`${name} answers ${rooms ?? 0} rooms instead of 20: ${text.slice(0, 200)}`)
}

const sizesOf = async (running: Running): Promise<Answers> => {
  const bytes = async (acceptEncoding: string): Promise<number> => {
    const { body = '', isBase64Encoded } = await running.probe({ acceptEncoding })
    return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').length
  }
  return {
    plainBytes: await bytes('identity'),
    gzipBytes: await bytes('gzip'),
    brotliBytes: await bytes('br'),
  }
}

const decoded = ({ body = '', isBase64Encoded, headers }: Answer): Buffer => {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  const coding = headers?.['content-encoding']
  if (coding === 'br') return brotliDecompressSync(bytes)
  return coding === 'gzip' ? gunzipSync(bytes) : bytes
}
