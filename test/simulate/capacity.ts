import type { VirtualClock } from './clock.ts'

/**
 * Write units that come back at a rate, up to those of a second. A write is let in while any are left, and pays what
 * it has consumed.
 */
class Bucket {
  readonly #clock: VirtualClock
  readonly #rate: number
  #left: number
  #filledAt: number

  constructor(clock: VirtualClock, rate: number) {
    this.#clock = clock
    this.#rate = rate
    this.#left = rate
    this.#filledAt = clock.now
  }

  hasUnits(): boolean {
    const { now } = this.#clock
    const filled = this.#left + ((now - this.#filledAt) / 1000) * this.#rate
    // A rate of less than a unit a second saves up for a whole one.
    this.#left = Math.min(Math.max(this.#rate, 1), filled)
    this.#filledAt = now
    return this.#left > 0
  }

  pay(units: number): void {
    this.#left -= units
  }
}

/** What a table takes: write units a second, over all and of some partitions. */
export class Capacity {
  /** All units that were consumed. */
  units = 0
  /** Writes that were refused. */
  throttled = 0
  readonly #table: Bucket | undefined
  readonly #partitions: ReadonlyMap<string, Bucket>

  /** @param limits of the table, if it has one, and of partitions by their key */
  constructor(
    clock: VirtualClock,
    limits: { table?: number | undefined; partitions: ReadonlyMap<string, number> },
  ) {
    this.#table = limits.table === undefined ? undefined : new Bucket(clock, limits.table)
    this.#partitions = new Map(
      [...limits.partitions].map(([key, rate]) => [key, new Bucket(clock, rate)]),
    )
  }

  /** Lets a write in, for one unit, or refuses it. */
  letIn(partition: string): boolean {
    if (this.#bucketsOf(partition).every((bucket) => bucket.hasUnits())) {
      this.pay(partition, 1)
      return true
    }
    this.throttled += 1
    return false
  }

  /** Pays what a write has consumed besides. */
  pay(partition: string, units: number): void {
    this.units += units
    for (const bucket of this.#bucketsOf(partition)) bucket.pay(units)
  }

  #bucketsOf(partition: string): Bucket[] {
    return [this.#table ?? [], this.#partitions.get(partition) ?? []].flat()
  }
}
