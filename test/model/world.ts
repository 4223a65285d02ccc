import type { Choose } from './choices.ts'
import type { Left } from './facts.ts'
import type { Log } from './log.ts'
import type { RuleName } from './rules.ts'
import type { Table } from './table.ts'

/** What the workers of one run share. */
export interface World {
  log: Log
  table: Table
  choose: Choose
  /** The rules that this run does without. */
  broken: ReadonlySet<RuleName>
  /** Leaves through the API that have happened. */
  left: Left[]
  /** What is still to be done, with the messages that were sent. */
  waiting: Task[]
}

/**
 * A worker's operations on the table. It yields before each, saying what comes next; from one
 * yield to the next nobody else does anything.
 */
export type Steps<T = void> = Generator<string, T, void>

/** Something to be done to its end: a crash makes it begin again. */
export interface Task {
  title: string
  start: () => Steps
  /** Of a message: the room is to be projected with the facts of this revision. */
  message?: { room: string; revision: number }
}
