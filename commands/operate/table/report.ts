import type { Email } from '../../../lib/domain/email.ts'
import type { WrongRow } from '../../../lib/store/maintenance/find-wrong-rows.ts'
import type { WrongOfUser, WrongTotal } from '../../../lib/store/maintenance/rebuild-user.ts'
import type { Repaired } from '../../../lib/store/maintenance/repair.ts'
import { formatProblem } from './outcome.ts'
import { nameUser } from './outcome.ts'

const descriptions: Record<WrongRow['problem'], string> = {
  missing: 'the row is missing',
  stale: 'the row does not show what the facts say',
  misplaced: 'the row is in the other listing, or has no revision',
  listed: 'the row is listed, and the user is not in the room',
  unmarked: 'no row says that the user has left',
  'not emptied': 'the row is not listed, and still has what it showed',
  ahead: 'the row has a higher revision than the room',
  'leave lost': 'the row says that the user has left, and the facts do not',
}

const listings = { single: 'personal rooms', group: 'groups' }

const describeTotal = ({ type, stored, counted }: WrongTotal): string =>
  stored === counted
    ? `the total of ${listings[type]} is not listed`
    : `the total of ${listings[type]} is ${stored ?? 'missing'}, and ${counted} ${counted === 1 ? 'is' : 'are'} listed`

/** The result of a rebuild or a check. It names users by hashes, and shows no text. */
export class Report {
  readonly #tableName: string
  readonly #say: (line: string) => void
  #rooms = 0
  #users = 0
  #rows = 0
  #totals = 0
  #unreadable = 0
  /** What is still wrong. */
  #left = 0

  /** @param say prints a line at once */
  constructor(tableName: string, say: (line: string) => void) {
    this.#tableName = tableName
    this.#say = say
  }

  get isClean(): boolean {
    return this.#left === 0
  }

  countRoom(): void {
    this.#rooms += 1
  }

  countUser(): void {
    this.#users += 1
  }

  /** Counts the rows and totals that were wrong, and prints those that still are. */
  add({ found, left }: Repaired<WrongOfUser>): void {
    const rows = found.filter((wrong) => 'roomId' in wrong).length
    this.#rows += rows
    this.#totals += found.length - rows
    for (const wrong of left)
      if ('roomId' in wrong)
        this.#fail(`room ${wrong.roomId}, ${this.#name(wrong.viewer)}`, descriptions[wrong.problem])
      else this.#fail(this.#name(wrong.user), describeTotal(wrong))
  }

  /** Counts and prints a room that cannot be read. */
  addUnreadableRoom(roomId: number, reason: string): void {
    this.#unreadable += 1
    this.#fail(`room ${roomId}`, reason)
  }

  /** Counts and prints a user whose listings cannot be read. */
  addUnreadableUser(user: Email, reason: string): void {
    this.#unreadable += 1
    this.#fail(this.#name(user), reason)
  }

  /** Prints what is wrong and was not corrected. */
  #fail(place: string, reason: string): void {
    this.#left += 1
    this.#say(formatProblem(place, reason))
  }

  summary(check: boolean): string {
    const what = check ? 'that differ' : 'corrected'
    return [
      `${check ? 'checked' : 'rebuilt'}: rooms ${this.#rooms}, users ${this.#users}`,
      `rows ${what}: ${this.#rows}`,
      `totals ${what}: ${this.#totals}`,
      ...(this.#unreadable === 0 ? [] : [`not found or unreadable: ${this.#unreadable}`]),
      ...(check || this.isClean ? [] : [`not corrected: ${this.#left}`]),
    ].join('\n')
  }

  #name(user: Email): string {
    return nameUser(this.#tableName, user)
  }
}
