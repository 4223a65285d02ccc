import { store } from '../../lib/deps.ts'
import { type Deferral, projectLargeRoom } from '../../lib/store/project-large-room.ts'

interface Request {
  roomId: number
  revision: number
  receives: number
}

/**
 * A queue of requested projections, in memory. It is worse than SQS: requests come twice, in any order, and a room may
 * be with several workers at once.
 */
export class RequestedProjections {
  readonly #requests: Request[] = []
  readonly #faults
  #count = 0

  /** @param faults numbers of the requests whose sender gets an error although they were sent */
  constructor(faults = new Set<number>()) {
    this.#faults = faults
  }

  /** @param above a group with more people than this is large */
  deferAbove(above: number): Deferral {
    return {
      above,
      request: async (roomId, revision) => {
        await Promise.resolve()
        this.#count += 1
        const request = { roomId, revision, receives: 0 }
        this.#requests.push(request)
        if (this.#count % 3 === 0) this.#requests.unshift({ ...request })
        if (this.#faults.has(this.#count)) throw new Error('crash')
      },
    }
  }

  /** @returns the work for a batch of requests of one room; undefined if there are none */
  receive(): (() => Promise<void>) | undefined {
    const first = this.#requests.shift()
    if (first === undefined) return undefined
    const batch = [first, ...(this.#count % 2 === 0 ? this.#takeAll(first.roomId) : [])]
    for (const request of batch) request.receives += 1
    return async () => {
      try {
        await projectLargeRoom(store, {
          roomId: first.roomId,
          revision: Math.max(...batch.map(({ revision }) => revision)),
          isRetry: batch.some(({ receives }) => receives > 1),
        })
      } catch (error) {
        if (first.receives > 100) throw error
        this.#requests.push(...batch)
      }
    }
  }

  /** Works until no request is left. */
  async receiveAll(): Promise<void> {
    for (let work = this.receive(); work; work = this.receive()) await work()
  }

  #takeAll(roomId: number): Request[] {
    const taken = this.#requests.filter((request) => request.roomId === roomId)
    for (const request of taken) this.#requests.splice(this.#requests.indexOf(request), 1)
    return taken
  }
}
