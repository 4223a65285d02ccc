/** The rooms that users have certainly left: the leave succeeded, and no event since then brings the user back. */
export class Departures {
  readonly #left = new Map<string, Set<number>>()

  noteLeave(user: string, roomId: number): void {
    const rooms = this.#left.get(user) ?? new Set()
    this.#left.set(user, rooms.add(roomId))
  }

  /** Must be called before the event is sent. */
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
