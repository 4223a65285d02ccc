/**
 * What lib gets instead of node:timers/promises: timers of the clock that a simulation uses. redirect-timers.ts
 * replaces the module.
 */
import { promisify } from 'node:util'
import type { VirtualClock } from './clock.ts'

let current: VirtualClock | undefined

/** Lets the timers of lib and AbortSignal.timeout follow a clock while work runs. */
export const inVirtualTime = async <T>(clock: VirtualClock, work: () => Promise<T>): Promise<T> => {
  const timeout = AbortSignal.timeout.bind(AbortSignal)
  current = clock
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController()
    clock.at(clock.now + ms, () => {
      controller.abort(new DOMException('The time is up.', 'TimeoutError'))
    })
    return controller.signal
  }
  try {
    return await work()
  } finally {
    current = undefined
    AbortSignal.timeout = timeout
  }
}

export const setTimeout = async <T>(
  ms: number,
  value?: T,
  { signal }: { signal?: AbortSignal } = {},
): Promise<T | undefined> => {
  if (current === undefined) throw new Error('there is no virtual time outside of a simulation')
  await current.sleep(ms, signal)
  return value
}

export const setImmediate = promisify(globalThis.setImmediate)
