import { normalizeEmail } from '../../lib/domain/email.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'

/** So many ids are told as examples. */
const shownRooms = 5

/** What came of an import, in numbers: but for the ids of rooms, it does not grow with what is read. */
export class Report {
  readonly #say: (line: string) => void
  #rooms = 0
  #participants = 0
  #comments = 0
  #refused = 0
  #differences = 0
  /** Every room that an event is about, and whether one of the events makes it. */
  readonly #madeRooms = new Map<number, boolean>()
  rowsWritten = 0
  /** Rooms that events are about, and that nobody has created. */
  uncreatedRooms: number[] = []

  /** @param say prints a line at once */
  constructor(say: (line: string) => void) {
    this.#say = say
  }

  get hasRefusals(): boolean {
    return this.#refused > 0
  }

  get isClean(): boolean {
    return this.#refused + this.#differences === 0
  }

  /** Rooms that are to be looked up in the table: no event that went well makes them. */
  get roomsMadeElsewhere(): number[] {
    return [...this.#madeRooms].flatMap(([roomId, isMade]) => (isMade ? [] : roomId))
  }

  /** An event that went well, by what it brings. */
  count(event: ChatEvent): void {
    if ('room_id' in event && !this.#madeRooms.get(event.room_id))
      this.#madeRooms.set(event.room_id, 'room_type' in event)
    if ('participants' in event) {
      this.#rooms += 1
      this.#participants += new Set(
        event.participants.map(({ email }) => normalizeEmail(email)),
      ).size
    }
    if (event.type === 'participant.joined') this.#participants += 1
    if (event.type === 'comment.posted') this.#comments += 1
    if (event.type === 'room.imported' && event.last_comment) this.#comments += 1
  }

  /** A line or room that is refused. */
  refuse(place: string, reason: string): void {
    this.#refused += 1
    this.#say(`${place}: ${reason}`)
  }

  /** A line or room that the table does not have as told. */
  differ(place: string, difference: string): void {
    this.#differences += 1
    this.#say(`${place}: ${difference}`)
  }

  /** @param done what was done with what is counted, such as `imported` */
  summary(done: string): string {
    return [
      `${done}: rooms ${this.#rooms}, participants ${this.#participants}, comments ${this.#comments}`,
      `rows written: ${this.rowsWritten}`,
      `lines refused: ${this.#refused}`,
      ...(this.#differences > 0 ? [`differences: ${this.#differences}`] : []),
      ...(this.uncreatedRooms.length > 0 ? [this.#withoutCreation()] : []),
    ].join('\n')
  }

  #withoutCreation(): string {
    const shown = this.uncreatedRooms.slice(0, shownRooms).join(', ')
    const more = this.uncreatedRooms.length > shownRooms ? ', …' : ''
    return [
      `rooms never created: ${this.uncreatedRooms.length} (room_id ${shown}${more})`,
      '  Events about them are kept, but nobody sees these rooms before their room.created has come:',
      '  send it on the bus or import it.',
    ].join('\n')
  }
}
