import type { Contestant } from './contestants.ts'
import type { Start } from './lambda.ts'
import type { Machine } from './processes.ts'
import { compare, type Comparison, median, rotated } from './statistics.ts'

export interface Cold extends Comparison {
  name: string
  loadMs: number
  firstMs: number
  /** From the start of the load to the end of the first call. The ratios are of this. */
  bothMs: number
  cpuMs: number
  /** After the first call. */
  maxRssBytes: number
  bytes: number
  gzippedBytes: number
}

/** Loads and calls each contestant in a fresh process, round after round. */
export const measureCold = async (
  machine: Machine,
  contestants: Contestant[],
  rounds: number,
): Promise<Cold[]> => {
  const starts = new Map<string, Start[]>(contestants.map(({ name }) => [name, []]))
  // The first round warms up the caches of the machine and is not counted.
  for (let round = 0; round <= rounds; round += 1)
    for (const contestant of rotated(contestants, round)) {
      const { end, ...start } = await machine.start(contestant)
      await end()
      if (round > 0) starts.get(contestant.name)!.push(start)
    }

  const timesOf = (name: string) => starts.get(name)!.map(({ bothMs }) => bothMs)
  return contestants.map(({ name, bytes, gzippedBytes, ...others }) => ({
    name,
    loadMs: median(starts.get(name)!.map(({ loadMs }) => loadMs)),
    firstMs: median(starts.get(name)!.map(({ firstMs }) => firstMs)),
    bothMs: median(timesOf(name)),
    cpuMs: median(starts.get(name)!.map(({ cpuMs }) => cpuMs)),
    ...compare({ name, ...others }, timesOf),
    maxRssBytes: median(starts.get(name)!.map(({ maxRssBytes }) => maxRssBytes)),
    bytes,
    gzippedBytes,
  }))
}
