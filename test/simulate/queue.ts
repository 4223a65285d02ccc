import type { VirtualClock } from './clock.ts'
import type { QueueSettings } from './settings.ts'

export interface Message {
  id: string
  body: string
  /** Messages of a group are with one run at a time. Only a FIFO queue has groups. */
  group: string | undefined
  visibleAt: number
  receives: number
}

/** A queue of SQS. */
export class Queue {
  /** The dead-letter queue. */
  readonly dead: Message[] = []
  readonly #clock: VirtualClock
  readonly #settings: QueueSettings
  #messages: Message[] = []
  #sent = 0

  constructor(clock: VirtualClock, settings: QueueSettings) {
    this.#clock = clock
    this.#settings = settings
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0
  }

  send(body: string, group?: string): void {
    const id = String((this.#sent += 1))
    const visibleAt = this.#clock.now + this.#settings.delayMs
    this.#messages.push({ id, body, group, visibleAt, receives: 0 })
  }

  /** Receives messages, as many as possible of one group. They are invisible for a time, and so is their group. */
  receive(most: number): Message[] {
    const { visibilityMs, maxReceives } = this.#settings
    const locked = new Set(this.#messages.filter((each) => this.#isInFlight(each)).map(groupOf))
    const ready = this.#messages.filter(
      (each) => each.visibleAt <= this.#clock.now && !locked.has(groupOf(each)),
    )
    const dead = ready.filter(({ receives }) => receives >= maxReceives)
    this.dead.push(...dead)
    this.delete(dead)
    const alive = ready.filter((message) => !dead.includes(message))
    const [first] = alive
    const received = [
      ...alive.filter((each) => groupOf(each) === groupOf(first!)),
      ...alive.filter((each) => groupOf(each) !== groupOf(first!)),
    ].slice(0, most)
    for (const message of received) {
      message.receives += 1
      message.visibleAt = this.#clock.now + visibilityMs
    }
    return received
  }

  delete(messages: Message[]): void {
    const deleted = new Set(messages)
    this.#messages = this.#messages.filter((message) => !deleted.has(message))
  }

  #isInFlight({ receives, visibleAt }: Message): boolean {
    return receives > 0 && visibleAt > this.#clock.now
  }
}

/** A message of a standard queue is a group of its own. */
const groupOf = ({ group, id }: Message): string => group ?? `message ${id}`
