import { quantile } from '../bench/statistics.ts'

interface Route {
  statuses: Map<string, number>
  /** The milliseconds of each response that no fault overlapped. */
  undisturbedMs: number[]
  longestMs: number
}

/** Counts the responses of each route by status, and how long they took. */
export class Statistics {
  readonly #routes = new Map<string, Route>()

  /** @param status undefined without a response */
  note(route: string, status: number | undefined, ms: number, isDisturbed: boolean): void {
    const noted: Route = this.#routes.get(route) ?? {
      statuses: new Map(),
      undisturbedMs: [],
      longestMs: 0,
    }
    const name = String(status ?? 'no response')
    noted.statuses.set(name, (noted.statuses.get(name) ?? 0) + 1)
    if (!isDisturbed) noted.undisturbedMs.push(ms)
    noted.longestMs = Math.max(noted.longestMs, ms)
    this.#routes.set(route, noted)
  }

  get requests(): number {
    return [...this.#routes.values()]
      .flatMap(({ statuses }) => [...statuses.values()])
      .reduce((sum, count) => sum + count, 0)
  }

  /** A line for each route: responses by status, and latencies. */
  describe(): string[] {
    return [...this.#routes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([route, { statuses, undisturbedMs, longestMs }]) => {
        const responses = [...statuses].sort().map(([status, count]) => `${status}: ${count}`)
        return `  ${route.padEnd(20)} ${responses.join(', ')}; ${describeLatencies(undisturbedMs)}; longest ${Math.round(longestMs)} ms`
      })
  }
}

const describeLatencies = (latenciesMs: number[]): string => {
  if (latenciesMs.length === 0) return 'a fault overlapped every request'
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => Math.round(quantile(latenciesMs, share)))
  return `p50 ${p50}, p95 ${p95}, p99 ${p99} ms`
}
