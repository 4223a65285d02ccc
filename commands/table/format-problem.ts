/** Formats what is wrong with a room or user as one line, which names it once. */
export const formatProblem = (place: string, reason: string): string =>
  new RegExp(`^${place}\\b`).test(reason) ? reason : `${place}: ${reason}`
