const printed = 20
const mostShown = 3000

/** Counts and prints the listings and responses that are wrong. */
export class Findings {
  readonly #say: (line: string) => void
  readonly #counts = { listing: 0, response: 0 }

  /** @param say prints a finding at once */
  constructor(say: (line: string) => void) {
    this.#say = say
  }

  add(what: 'listing' | 'response', text: string): void {
    this.#counts[what] += 1
    if (this.count <= printed) this.#say(`WRONG ${what}: ${text.slice(0, mostShown)}`)
  }

  get count(): number {
    return this.#counts.listing + this.#counts.response
  }

  get wrongListings(): number {
    return this.#counts.listing
  }

  get wrongResponses(): number {
    return this.#counts.response
  }
}
