import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { Run } from './run.ts'

/**
 * The environment of a program whose memory is measured. Without a limit, V8 lets garbage grow with the length of the
 * program: the peak then says little about what it needs.
 */
export const limitedHeap = { NODE_OPTIONS: '--max-old-space-size=64' }

/** Waits for the end of a program. @returns its peak memory in MB, as Linux counts it for the process */
export const peakMemoryOf = async (running: Run): Promise<number> => {
  let peak = 0
  while (running.isRunning()) {
    const status = readFileSync(`/proc/${running.child.pid!}/status`, 'utf8')
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
    await setTimeout(100)
  }
  return peak
}
