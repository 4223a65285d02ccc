import type { Outcome } from '../table/outcome.ts'
import { formatProblem } from '../table/outcome.ts'
import type { Counts } from './table-work.ts'

/** The result of a restore in numbers. */
export class Report {
  readonly #say: (line: string) => void
  #rooms = 0
  #failed = 0
  #facts = 0
  #profiles = 0
  #rows = 0
  #totals = 0

  /** @param say prints a line at once */
  constructor(say: (line: string) => void) {
    this.#say = say
  }

  get isClean(): boolean {
    return this.#failed === 0
  }

  countRoom(): void {
    this.#rooms += 1
  }

  /** Counts what was copied and corrected, and prints what could not be restored. */
  add(place: string, outcome: Outcome<Counts>): void {
    if ('reason' in outcome) {
      this.#fail(place, outcome.reason)
      return
    }
    const { facts, profiles, rows, totals, left } = outcome.result
    this.#facts += facts
    this.#profiles += profiles
    this.#rows += rows
    this.#totals += totals
    if (left > 0) this.#fail(place, `events keep changing it, so it is not right yet: run it again`)
  }

  summary(dryRun: boolean): string {
    return [
      `${dryRun ? 'compared' : 'restored'}: rooms ${this.#rooms}`,
      `facts ${dryRun ? 'to copy' : 'copied'}: ${this.#facts}`,
      `profiles ${dryRun ? 'to copy' : 'copied'}: ${this.#profiles}`,
      ...(dryRun ? [] : [`rows corrected: ${this.#rows}`, `totals corrected: ${this.#totals}`]),
      ...(this.isClean ? [] : [`not restored: ${this.#failed}`]),
    ].join('\n')
  }

  #fail(place: string, reason: string): void {
    this.#failed += 1
    this.#say(formatProblem(place, reason))
  }
}
