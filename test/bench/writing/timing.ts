import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine, Running } from '../processes.ts'
import { median, pairedRatio, quantile, type Ratio, rotated } from '../statistics.ts'
import { expectRows, type NextBatch } from './batch.ts'
import { type CaseName, caseOf } from './cases.ts'
import { type Contestant, product } from './contestants.ts'

/** The CPU time that a contestant takes for one event of a case. */
export interface Timing {
  case: CaseName
  contestant: string
  /** CPU time of the process per event, in ms: the median of the rounds. */
  cpuMs: number
  /** Half of the rounds are between these values. */
  quartiles: [number, number]
  /** What the product takes, as a ratio to this. The product itself does not have it. */
  productToThis?: Ratio
}

/** How many batches each contestant applies, one after the other. Those of the warm-up are not counted. */
export interface Extent {
  /** How many processes each contestant gets, because two processes of the same code differ. */
  processes: number
  warmUp: number
  rounds: number
}

/** The memory of the function, in MB, as in infra/events-stack.ts. */
const memorySize = 1024

/** Delivers the batches of a case to each contestant in a process of its own. They take turns, a batch at a time. */
export const measureCase = async (
  machine: Machine,
  name: CaseName,
  contestants: Contestant[],
  extent: Extent,
): Promise<Timing[]> => {
  const cpuMs = new Map<string, number[]>(contestants.map((each) => [each.name, []]))
  for (let set = 0; set < extent.processes; set += 1)
    await runProcesses(machine, name, rotated(contestants, set), extent, cpuMs)
  return contestants.map((each) => {
    const values = cpuMs.get(each.name)!
    return {
      case: name,
      contestant: each.name,
      cpuMs: median(values),
      quartiles: [quantile(values, 0.25), quantile(values, 0.75)],
      ...(each.name !== product && { productToThis: pairedRatio(cpuMs.get(product)!, values) }),
    }
  })
}

/** A contestant's process with its series of batches. */
interface Runner {
  name: string
  running: Running
  next: NextBatch
}

/** Starts a process for each contestant, and adds the CPU times of its rounds. */
const runProcesses = async (
  machine: Machine,
  name: CaseName,
  contestants: Contestant[],
  { warmUp, rounds }: Extent,
  cpuMs: Map<string, number[]>,
): Promise<void> => {
  const runners: Runner[] = []
  try {
    for (const contestant of contestants) runners.push(await start(machine, name, contestant))
    for (let round = 0; round < warmUp + rounds; round += 1)
      for (const runner of rotated(runners, round)) {
        const took = await applyBatch(runner)
        if (round >= warmUp) cpuMs.get(runner.name)!.push(took)
      }
  } finally {
    for (const { running } of runners) await running.end()
  }
}

const start = async (
  machine: Machine,
  name: CaseName,
  { name: contestant, file }: Contestant,
): Promise<Runner> => {
  const next = await caseOf(name).start()
  const eventFile = join(machine.directory, 'batch.json')
  const first = await next()
  writeFileSync(eventFile, JSON.stringify({ Records: first.messages }))
  const program = { name: contestant, rows: 'compact' as const, file, eventFile, memorySize }
  const running = await machine.start(program)
  await expectRows(contestant, first)
  return { name: contestant, running, next }
}

/** @returns the CPU time of one event in ms */
const applyBatch = async ({ name, running, next }: Runner): Promise<number> => {
  const batch = await next()
  const over = { Records: batch.messages }
  const { cpuMs } = await running.run({ requests: 1, concurrency: 1, over })
  await expectRows(name, batch)
  return cpuMs / batch.messages.length
}
