/**
 * A moment as it is stored and compared, always `YYYY-MM-DDTHH:mm:ss.sssZ`:
 * the order of the strings is the order of the moments.
 */
export type Timestamp = string

/** The largest accepted difference between the clocks of two computers, in milliseconds. */
export const maxClockDifferenceMs = 5 * 60 * 1000

const rfc3339Utc = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(?:Z|[+-]00:00)$/

/**
 * Reads an RFC 3339 time in UTC, fractions cut at the millisecond.
 * @returns undefined for anything else, including dates that do not exist
 */
export const parseTimestamp = (text: string): Timestamp | undefined => {
  const [, seconds, fraction = '.'] = rfc3339Utc.exec(text) ?? []
  if (seconds === undefined) return undefined
  const timestamp = `${seconds}${fraction.padEnd(4, '0').slice(0, 4)}Z`
  return isTimestamp(timestamp) ? timestamp : undefined
}

/** Says why `parseTimestamp` does not take a text, without the text. */
export const explainBadTime = (text: string): string =>
  rfc3339Utc.test(text)
    ? 'is a date or a time that does not exist'
    : 'is not an RFC 3339 time in UTC, such as 2017-08-24T12:01:05Z'

/** Whether a text is a valid time in the stored form. */
export const isTimestamp = (text: string): boolean => {
  const epochMs = Date.parse(text)
  return !Number.isNaN(epochMs) && toTimestamp(epochMs) === text
}

export const toTimestamp = (epochMs: number): Timestamp => new Date(epochMs).toISOString()

export const addMillisecond = (timestamp: Timestamp): Timestamp =>
  toTimestamp(Date.parse(timestamp) + 1)

/** Formats a time as responses show it: without `.000`. */
export const formatTime = (timestamp: Timestamp): string => timestamp.replace('.000Z', 'Z')
