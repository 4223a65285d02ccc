import { setTimeout } from 'node:timers/promises'
import { type Choose, pick } from '../model/choices.ts'
import type { Stack } from './stack.ts'

export const faultNames = [
  'stalls of the engine',
  'kills of the engine',
  'kills of the functions',
  'kills of an import',
] as const
export type FaultName = (typeof faultNames)[number]

interface Fault {
  name: FaultName
  start: number
  /** Undefined while it lasts. */
  end?: number
}

/** Records when the stack was disturbed. Times are those of `performance.now()`. */
export class Faults {
  readonly #faults: Fault[] = []

  /** Disturbs the stack until the work is done. */
  async during(name: FaultName, work: () => Promise<void>): Promise<void> {
    const fault: Fault = { name, start: performance.now() }
    this.#faults.push(fault)
    await work()
    fault.end = performance.now()
  }

  /** Whether a fault may have disturbed a request. Killing an import disturbs no requests. */
  overlap(start: number, end: number): boolean {
    return this.#faults.some(
      (fault) =>
        fault.name !== 'kills of an import' && fault.start <= end && (fault.end ?? end) >= start,
    )
  }

  count(name: FaultName): number {
    return this.#faults.filter((fault) => fault.name === name).length
  }
}

/** Longer than a function may take, so that requests run into their limit. */
const longStallMs = 12_000
const shortStallMs = 2000
const outageMs = 1500

/**
 * Stalls the engine for a moment (SIGSTOP, SIGCONT), or kills a process and starts it again (SIGKILL).
 * @param mayKill whether the processes may be replaced
 */
export const makeFault = async (
  stack: Stack,
  faults: Faults,
  choose: Choose,
  mayKill: boolean,
): Promise<void> => {
  const name = pick(choose, mayKill ? faultNames.slice(0, 3) : faultNames.slice(0, 1))
  await faults.during(name, async () => {
    if (name === 'stalls of the engine') {
      stack.stopEngine()
      await setTimeout(choose(choose(3) === 0 ? longStallMs : shortStallMs))
      stack.continueEngine()
    } else if (name === 'kills of the engine') {
      await stack.killEngine()
      await setTimeout(choose(outageMs))
      await stack.startEngineAgain()
    } else {
      await stack.killFunctions()
      await setTimeout(choose(outageMs))
      await stack.startFunctions()
    }
  })
}
