import { normalizeEmail } from '../../lib/domain/email.ts'
import type { ChatEvent } from '../../lib/domain/events.ts'

/** What came of an import, in numbers, so that it does not grow with what is read. */
export class Report {
  readonly #say: (line: string) => void
  #rooms = 0
  #participants = 0
  #comments = 0
  #refused = 0
  #differences = 0
  rowsWritten = 0

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

  /** An event that went well, by what it brings. */
  count(event: ChatEvent): void {
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
    ].join('\n')
  }
}
