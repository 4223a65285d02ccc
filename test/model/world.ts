import type { Choose } from './choices.ts'
import type { Left } from './facts.ts'
import type { Task } from './interleave.ts'
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
