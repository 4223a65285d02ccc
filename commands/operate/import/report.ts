import { normalizeEmail } from '../../../lib/domain/email.ts'
import type { ChatEvent } from '../../../lib/domain/events.ts'
import type { JudgedDifference, Remedy } from '../../../lib/store/maintenance/verify/judge.ts'
import type { Entry } from './read-entries.ts'

/** How many room ids the summary shows. */
const shownRooms = 5

/** The place of an entry in its file, and its number: refusals are printed in the order of the numbers. */
type Standing = Pick<Entry, 'place' | 'number'>

/** The text after a difference, and the text after the number of such differences. */
const remedies: Record<Remedy, { advice: string; count: string }> = {
  import: {
    advice: 'import the files again',
    count: 'that importing the files again corrects',
  },
  repair: {
    advice: '--repair writes what corrects it',
    count: 'that the events of --repair correct',
  },
  none: { advice: 'no event corrects it', count: 'that no event corrects' },
}

/** The result of an import in numbers. Only the set of room ids grows with what is read. */
export class Report {
  readonly #done: string
  readonly #say: (line: string) => void
  #rooms = 0
  #participants = 0
  #comments = 0
  #refused = 0
  readonly #differences: Record<Remedy, number> = { import: 0, repair: 0, none: 0 }
  /** Every room that an event names, and whether one of the events creates it. */
  readonly #isCreated = new Map<number, boolean>()
  /** Refusals and differences that are not printed yet. */
  #unsaid: { number: number; line: string }[] = []
  rowsWritten = 0
  /** Rooms that events name and that were never created. */
  uncreatedRooms: number[] = []

  /**
   * @param done what happens to the counted events, such as `imported`
   * @param say prints a line
   */
  constructor(done: string, say: (line: string) => void) {
    this.#done = done
    this.#say = say
  }

  get hasRefusals(): boolean {
    return this.#refused > 0
  }

  /**
   * 3 if the table has something that another import of the files does not correct; otherwise 1 if it lacks
   * something or a line is refused.
   */
  get exitCode(): 0 | 1 | 3 {
    const { repair, none } = this.#differences
    if (repair + none > 0) return 3
    return this.#refused + this.#differences.import > 0 ? 1 : 0
  }

  /** Rooms that no counted event creates. They may be in the table. */
  get roomsWithoutCreation(): number[] {
    return [...this.#isCreated].flatMap(([roomId, isCreated]) => (isCreated ? [] : roomId))
  }

  /** Counts an event that was imported, or found valid. */
  count(event: ChatEvent): void {
    if ('room_id' in event && !this.#isCreated.get(event.room_id))
      this.#isCreated.set(event.room_id, 'room_type' in event)
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

  /** Reports a line or room that is refused. */
  refuse({ number, place }: Standing, reason: string): void {
    this.#refused += 1
    this.#unsaid.push({ number, line: `${place}: ${reason}` })
  }

  /** Reports a difference between the table and the files. Differences follow the refusals, in the order of the calls. */
  differ({ text, remedy }: Pick<JudgedDifference, 'text' | 'remedy'>): void {
    this.#differences[remedy] += 1
    this.#unsaid.push({
      number: Number.MAX_SAFE_INTEGER,
      line: `${text} (${remedies[remedy].advice})`,
    })
  }

  /** Prints the refusals and differences since the last call, the refusals in the order of the entries. */
  sayAll(): void {
    this.#unsaid.sort((a, b) => a.number - b.number)
    for (const { line } of this.#unsaid.splice(0)) this.#say(line)
  }

  summarize(): string {
    this.sayAll()
    return [
      `${this.#done}: rooms ${this.#rooms}, participants ${this.#participants}, comments ${this.#comments}`,
      `rows written: ${this.rowsWritten}`,
      `lines refused: ${this.#refused}`,
      ...this.#describeDifferences(),
      ...(this.uncreatedRooms.length > 0 ? [this.#describeUncreatedRooms()] : []),
    ].join('\n')
  }

  #describeDifferences(): string[] {
    const counts = Object.entries(this.#differences) as [Remedy, number][]
    const found = counts.filter(([, count]) => count > 0)
    if (found.length === 0) return []
    return [
      `differences: ${found.reduce((sum, [, count]) => sum + count, 0)}`,
      ...found.map(([remedy, count]) => `  ${count} ${remedies[remedy].count}`),
    ]
  }

  #describeUncreatedRooms(): string {
    const shown = this.uncreatedRooms.slice(0, shownRooms).join(', ')
    const more = this.uncreatedRooms.length > shownRooms ? ', …' : ''
    return [
      `rooms never created: ${this.uncreatedRooms.length} (room_id ${shown}${more})`,
      '  Events for these rooms are stored, but nobody sees the rooms until their room.created arrives:',
      '  send it on the bus or import it.',
    ].join('\n')
  }
}
