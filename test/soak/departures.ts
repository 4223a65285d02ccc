/** Keeps which rooms users have left for sure: the leave was answered with success, and no return was sent since. */
export class Departures {
  readonly #left = new Map<string, Set<number>>()

  noteLeave(user: string, roomId: number): void {
    const rooms = this.#left.get(user) ?? new Set()
    this.#left.set(user, rooms.add(roomId))
  }

  /** Has to be called before the event is sent. */
  noteReturn(user: string, roomId: number): void {
    this.#left.get(user)?.delete(roomId)
  }

  /** @returns the rooms that the user has left by now */
  list(user: string): number[] {
    return [...(this.#left.get(user) ?? [])]
  }

  has(user: string, roomId: number): boolean {
    return this.#left.get(user)?.has(roomId) === true
  }
}
