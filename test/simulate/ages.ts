const stepMs = 10

/** How old comments are when rows first show them: a histogram, because there may be millions. */
export class Ages {
  readonly #counts = new Map<number, number>()
  #count = 0

  add(ms: number): void {
    const step = Math.round(ms / stepMs)
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1)
    this.#count += 1
  }

  /**
   * @param share 0.5 for the median
   * @returns ms; undefined if there is no age
   */
  quantile(share: number): number | undefined {
    let seen = 0
    for (const [step, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      seen += count
      if (seen >= share * this.#count) return step * stepMs
    }
    return undefined
  }
}
