import type { Contestant } from './contestants.ts'
import { makeCpuQuota } from './cpu-quota.ts'
import type { Machine } from './processes.ts'
import { compare, type Comparison, median, quantile, rotated } from './statistics.ts'

export interface FirstCall extends Comparison {
  name: string
  ms: number
  quartilesMs: [number, number]
}

/** What Lambda gives to a function of 512 MB: a whole core is for 1,769 MB. */
export const cpuShare = 512 / 1769

/**
 * Loads each contestant on a whole core, as Lambda does, and calls it for the first time on a part of a core.
 * @returns undefined where this machine does not allow to limit the CPU time of a process
 */
export const measureFirstCall = async (
  machine: Machine,
  contestants: Contestant[],
  rounds: number,
): Promise<FirstCall[] | undefined> => {
  const quota = makeCpuQuota(cpuShare)
  if (quota === undefined) return undefined
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]))
  try {
    for (let round = 0; round < rounds; round += 1)
      for (const contestant of rotated(contestants, round)) {
        const { firstMs, end } = await machine.start(contestant, quota)
        await end()
        times.get(contestant.name)!.push(firstMs)
      }
  } finally {
    quota.remove()
  }
  return contestants.map((contestant) => {
    const { name } = contestant
    const ms = times.get(name)!
    return {
      name,
      ms: median(ms),
      quartilesMs: [quantile(ms, 0.25), quantile(ms, 0.75)],
      ...compare(contestant, (each) => times.get(each)),
    }
  })
}
