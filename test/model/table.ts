import type { Comment, Dated, Participant, Room, Shown } from './facts.ts'

/** Without `shown` it is not listed: a tombstone if it has `leftAt`, else a stub. */
export interface Row {
  revision?: number | undefined
  leftAt?: number
  shown?: Shown
}

export interface Profile extends Dated {
  /** The last room that has it. */
  reached?: string
  /** The time of a profile with this value that all rooms have had. */
  copied?: number
}

/** An eventually consistent read may miss a write for so many operations of the table. */
const longestLag = 12

/** Items of one kind. They are replaced, never changed. */
export class Items<T> {
  readonly #now = new Map<string, T>()
  readonly #before = new Map<string, { item: T | undefined; until: number }>()
  /** What a Query sees of items that a transaction has yet to commit. */
  readonly #uncommitted = new Map<string, T | undefined>()
  readonly #clock: { operations: number }

  constructor(clock: { operations: number }) {
    this.#clock = clock
  }

  get(key: string): T | undefined {
    return this.#now.get(key)
  }

  /** As {@link get}, but of an item that a transaction is committing still the old state. */
  query(key: string): T | undefined {
    return this.#uncommitted.has(key) ? this.#uncommitted.get(key) : this.get(key)
  }

  /** What a read may return that is not consistent. */
  lagging(key: string): T | undefined {
    const before = this.#before.get(key)
    return before && before.until > this.#clock.operations ? before.item : this.query(key)
  }

  /** A write to an item that a transaction is committing comes after the commit. */
  put(key: string, item: T): void {
    this.#before.set(key, {
      item: this.#now.get(key),
      until: this.#clock.operations + longestLag,
    })
    this.#uncommitted.delete(key)
    this.#now.set(key, item)
  }

  delete(key: string): void {
    this.#now.delete(key)
  }

  /** Writes an item as part of a transaction; a Query sees it from {@link commit} on. */
  putUncommitted(key: string, item: T): void {
    const seen = this.query(key)
    this.put(key, item)
    this.#uncommitted.set(key, seen)
  }

  commit(key: string): void {
    this.#uncommitted.delete(key)
  }
}

/** The keys are `room`, `room/user`, `room/comment` and `user`. */
export class Table {
  readonly clock = { operations: 0 }
  readonly rooms = new Items<Room>(this.clock)
  readonly participants = new Items<Participant>(this.clock)
  readonly comments = new Items<Comment>(this.clock)
  readonly rows = new Items<Row>(this.clock)
  readonly totals = new Items<number>(this.clock)
  readonly profiles = new Items<Profile>(this.clock)

  addToTotal(user: string, change: 1 | -1): void {
    this.totals.put(user, (this.totals.get(user) ?? 0) + change)
  }
}
