import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { CannotRun } from '../../commands/command.ts'
import { type Contestant, isOnCompactRows, isOurs, personal } from './contestants.ts'
import type { FunctionResponse, BlockResult } from './lambda.ts'
import type { Machine, Running } from './processes.ts'
import { compare, type Comparison, quantile, rotated } from './statistics.ts'

export interface Load extends Comparison {
  /** CPU time of the function's process per request. */
  cpuMs: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
}

export interface Warm {
  name: string
  alone: Load
  sixteen: Load
  /** Memory after the calls that are made one at a time, as Lambda makes them. */
  maxRssBytes: number
}

export interface ResponseSizes {
  plainBytes: number
  gzipBytes: number
  brotliBytes: number
}

/** How often each contestant is called. They take turns, a block of requests at a time. */
interface Blocks {
  rounds: number
  requests: number
}

interface Extent {
  /**
   * How many processes each contestant gets, one after the other. What the compiler and the memory make of a
   * process stays the same throughout its life, so more rounds in one process do not even that out.
   */
  processes: number
  warmUp: number
  alone: Blocks
  sixteen: Blocks
}

/**
 * Calls each function of this project in turn with what it is compared with, then each other reference with its
 * own. With few contestants in a group, they displace less of each other's data from the processor caches.
 */
export const measureWarm = async (
  machine: Machine,
  contestants: Contestant[],
  extent: { ours: Extent; references: Extent },
): Promise<{ warm: Warm[]; responses: ResponseSizes }> => {
  const compared = contestants.filter((each) => isOurs(each) || each.bare !== undefined)
  const beside = (some: Contestant[]): Contestant[] =>
    contestants.filter(
      (each) =>
        some.includes(each) ||
        some.some((one) => [one.bare, one.tuned, one.personal].includes(each.name)),
    )
  const families = [
    ...compared.filter(isOurs).map((each) => ({ family: beside([each]), of: extent.ours })),
    ...[
      ...Map.groupBy(
        compared.filter((each) => !isOurs(each)),
        (each) => `${each.bare}${isOnCompactRows(each)}`,
      ).values(),
    ].map((some) => ({ family: beside(some), of: extent.references })),
  ]
  const warm = new Map<string, Warm>()
  for (const { family, of } of families)
    for (const each of await measureFamily(machine, family, of))
      if (!warm.has(each.name)) warm.set(each.name, each)
  return {
    warm: contestants.map(({ name }) => warm.get(name)!),
    responses: await sizesOf(
      machine,
      contestants.find(({ name }) => name === personal)!,
    ),
  }
}

/** The blocks of each contestant, by its name, in the order of the rounds. */
type BlocksByName = Map<string, BlockResult[]>

/** Calls each contestant in processes of its own. They take turns, a block of requests at a time. */
const measureFamily = async (
  machine: Machine,
  contestants: Contestant[],
  extent: Extent,
): Promise<Warm[]> => {
  const alone: BlocksByName = new Map(contestants.map(({ name }) => [name, []]))
  const sixteen: BlocksByName = new Map(contestants.map(({ name }) => [name, []]))
  for (let set = 0; set < extent.processes; set += 1)
    await runProcesses(machine, rotated(contestants, set), extent, { alone, sixteen })

  const loadOf = (blocks: BlocksByName, contestant: Contestant): Load => {
    const { name } = contestant
    const cpuOf = (each: string) =>
      blocks.get(each)?.map(({ cpuMs, latenciesMs }) => cpuMs / latenciesMs.length)
    const latencies = blocks.get(name)!.flatMap(({ latenciesMs }) => latenciesMs)
    return {
      cpuMs: quantile(cpuOf(name)!, 0.5),
      ...compare(contestant, cpuOf),
      p50Ms: quantile(latencies, 0.5),
      p95Ms: quantile(latencies, 0.95),
      p99Ms: quantile(latencies, 0.99),
    }
  }
  return contestants.map((contestant) => ({
    name: contestant.name,
    alone: loadOf(alone, contestant),
    sixteen: loadOf(sixteen, contestant),
    maxRssBytes: Math.max(...alone.get(contestant.name)!.map(({ maxRssBytes }) => maxRssBytes)),
  }))
}

/** Starts a process for each contestant, and adds their blocks. */
const runProcesses = async (
  machine: Machine,
  contestants: Contestant[],
  extent: Extent,
  blocks: { alone: BlocksByName; sixteen: BlocksByName },
): Promise<void> => {
  const running = new Map<string, Running>()
  try {
    for (const contestant of contestants)
      running.set(contestant.name, await machine.start(contestant))
    for (const [name, each] of running) await expectRooms(name, each)
    for (const each of running.values()) await each.run({ requests: extent.warmUp, concurrency: 1 })
    await runBlocks(running, extent.alone, 1, blocks.alone)
    await runBlocks(running, extent.sixteen, 16, blocks.sixteen)
  } finally {
    for (const each of running.values()) await each.end()
  }
}

const runBlocks = async (
  running: Map<string, Running>,
  { rounds, requests }: Blocks,
  concurrency: number,
  blocks: BlocksByName,
): Promise<void> => {
  for (let round = 0; round < rounds; round += 1)
    for (const [name, each] of rotated([...running], round))
      blocks.get(name)!.push(await each.run({ requests, concurrency }))
}

/** Checks the response, so that no contestant is fast because it returns something else. */
const expectRooms = async (name: string, running: Running): Promise<void> => {
  const text = decoded(await running.probe({ acceptEncoding: 'identity' })).toString()
  const rooms = text.match(/"room_name":/g)?.length
  if (rooms !== 20)
    throw new CannotRun(`${name} returns ${rooms ?? 0} rooms instead of 20: ${text.slice(0, 200)}`)
}

const sizesOf = async (machine: Machine, contestant: Contestant): Promise<ResponseSizes> => {
  const running = await machine.start(contestant)
  const bytes = async (acceptEncoding: string): Promise<number> => {
    const { body = '', isBase64Encoded } = await running.probe({ acceptEncoding })
    return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').length
  }
  try {
    return {
      plainBytes: await bytes('identity'),
      gzipBytes: await bytes('gzip'),
      brotliBytes: await bytes('br'),
    }
  } finally {
    await running.end()
  }
}

const decoded = ({ body = '', isBase64Encoded, headers }: FunctionResponse): Buffer => {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  const coding = headers?.['content-encoding']
  if (coding === 'br') return brotliDecompressSync(bytes)
  return coding === 'gzip' ? gunzipSync(bytes) : bytes
}
