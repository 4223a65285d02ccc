import { quote } from '../../../domain/errors.ts'
import type { ChatEvent } from '../../../domain/events.ts'
import { maxClockDifferenceMs, type Timestamp, toTimestamp } from '../../../domain/time.ts'

/** A respect in which the table differs from the files. */
export interface Difference {
  /** What differs, such as `comment 9: text`. It identifies the difference among those of a room or a profile. */
  what: string
  /** What differs and how, as a person reads it. */
  text: string
  /** The event that makes the table like the files, if there is one. */
  correction: ChatEvent | undefined
}

/** Later than every time. */
export const endOfTime = '~'

/** The latest time that the table is compared for, and the latest time that an event may have. */
export interface Times {
  /** What the table says about later times is not compared. */
  until: Timestamp
  /** Milliseconds since the epoch. */
  now: number
}

/**
 * Makes an event that is newer than what the table has.
 * @param times of the table
 * @returns undefined if the event would be refused, because its time is too far in the future
 */
export const correctAfter = (
  now: number,
  times: (Timestamp | undefined)[],
  makeEvent: (occurred_at: Timestamp) => ChatEvent,
): ChatEvent | undefined => {
  const newest = Math.max(0, ...times.map((time) => (time === undefined ? 0 : Date.parse(time))))
  return newest + 1 > now + maxClockDifferenceMs ? undefined : makeEvent(toTimestamp(newest + 1))
}

type Value = string | number | boolean | undefined

/** Makes the difference between a value of the table and the one of the files. */
export const differ = (
  what: string,
  table: Value,
  files: Value,
  correction?: ChatEvent,
): Difference => ({
  what,
  text: `${what} is ${format(table)} in the table and ${format(files)} in the files`,
  correction,
})

const format = (value: Value): string =>
  typeof value === 'string' ? quote(value) : value === undefined ? 'not stored' : String(value)
