interface Timer {
  at: number
  /** Of two timers of the same moment, the one that was set first runs first. */
  number: number
  run: () => void
}

/**
 * Time in which nothing waits: the clock jumps to the next timer once nothing else can happen. Real work, such as a
 * call of the engine, takes no time: the clock stands until it is done.
 */
export class VirtualClock {
  /** Milliseconds since the start. */
  now = 0
  readonly #timers = new Timers()
  readonly #work = new Set<Promise<unknown>>()
  #count = 0

  /** Runs something at a time; at once if the time has passed. */
  at(time: number, run: () => void): Timer {
    const timer = { at: Math.max(time, this.now), number: (this.#count += 1), run }
    this.#timers.add(timer)
    return timer
  }

  /** Waits. It fails if the signal is aborted before. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        timer.run = () => undefined
        reject(signal?.reason as Error)
      }
      const timer = this.at(this.now + ms, () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** Stands until real work is done. */
  async waitFor<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work)
    try {
      return await work
    } finally {
      this.#work.delete(work)
    }
  }

  /** Lets time pass until something is over. It asks after each timer. */
  async runUntil(isOver: () => boolean): Promise<void> {
    await this.#settle()
    while (!isOver()) {
      const timer = this.#timers.takeNext()
      if (timer === undefined) throw new Error('nothing more happens, and it is not over')
      this.now = timer.at
      timer.run()
      await this.#settle()
    }
  }

  /** Waits until only timers are left. */
  async #settle(): Promise<void> {
    for (;;) {
      // One round for promises and callbacks of setImmediate, and more for those that they lead to.
      for (let round = 0; round < 3; round += 1) await new Promise(setImmediate)
      const [work] = this.#work
      if (work === undefined) return
      await work.catch(() => undefined)
    }
  }
}

/** A heap: the next timer is the first. */
class Timers {
  readonly #heap: Timer[] = []

  add(timer: Timer): void {
    let place = this.#heap.push(timer) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#isBefore(place, parent)) break
      this.#swap(place, parent)
      place = parent
    }
  }

  takeNext(): Timer | undefined {
    if (this.#heap.length === 0) return undefined
    this.#swap(0, this.#heap.length - 1)
    const next = this.#heap.pop()
    let place = 0
    for (;;) {
      const [left, right] = [2 * place + 1, 2 * place + 2]
      const child = right < this.#heap.length && this.#isBefore(right, left) ? right : left
      if (child >= this.#heap.length || !this.#isBefore(child, place)) return next
      this.#swap(place, child)
      place = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a]!, this.#heap[b]!]
    return one.at < other.at || (one.at === other.at && one.number < other.number)
  }

  #swap(a: number, b: number): void {
    const one = this.#heap[a]!
    this.#heap[a] = this.#heap[b]!
    this.#heap[b] = one
  }
}
