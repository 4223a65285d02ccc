import { formatProblem, type Outcome } from './outcome.ts'

/** What was found or done in a room or for a user: plain data, for another thread. */
export interface Visited {
  /** Numbers of the summary, by their names. */
  counts: Record<string, number>
  /** What is still wrong, a line each. */
  problems: string[]
}

/** How the summary says what was done. */
export interface Wording {
  /** What was done with rooms and users, such as `rebuilt`. */
  done: string
  /** What the summary calls the counts of {@link Visited}, by their names. */
  labels: Record<string, string>
  /** In a dry run, a problem is a result like the others. Otherwise it is work that is left. */
  dryRun: boolean
}

/** The result of a command that visits rooms and users, in numbers. */
export class VisitReport {
  readonly #wording: Wording
  readonly #say: (line: string) => void
  readonly #visited = { rooms: 0, users: 0 }
  readonly #counts: Record<string, number> = {}
  #unreadable = 0
  #problems = 0

  /** @param say prints a line at once */
  constructor(wording: Wording, say: (line: string) => void) {
    this.#wording = wording
    this.#say = say
  }

  /** Whether nothing was wrong, or everything is right now. */
  get isClean(): boolean {
    return this.#problems === 0
  }

  /**
   * Counts a visit, and prints what is wrong.
   * @param place names the room or the user
   */
  add(kind: 'rooms' | 'users', place: string, outcome: Outcome<Visited>): void {
    if ('reason' in outcome) {
      this.#unreadable += 1
      this.#sayProblem(formatProblem(place, outcome.reason))
      return
    }
    const { counts, problems } = outcome.result
    this.#visited[kind] += 1
    for (const [name, count] of Object.entries(counts))
      this.#counts[name] = (this.#counts[name] ?? 0) + count
    for (const problem of problems) this.#sayProblem(problem)
  }

  #sayProblem(line: string): void {
    this.#problems += 1
    this.#say(line)
  }

  summarize(): string {
    const { done, labels, dryRun } = this.#wording
    const { rooms, users } = this.#visited
    const undone = dryRun ? this.#unreadable : this.#problems
    return [
      `${done}: rooms ${rooms}, users ${users}`,
      ...Object.entries(labels).map(([name, label]) => `${label}: ${this.#counts[name] ?? 0}`),
      ...(undone === 0 ? [] : [`not ${done}: ${undone}`]),
    ].join('\n')
  }
}
