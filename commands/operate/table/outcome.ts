import type { Email } from '../../../lib/domain/email.ts'
import { EventRefused, InboxError, Unreadable } from '../../../lib/domain/errors.ts'
import { hashEmail } from '../../../lib/http/log.ts'

/** The result of work on one room or user, or what is wrong with it: plain data, for another thread. */
export type Outcome<Result> = { result: Result } | { reason: string }

/**
 * Works on one room or user of a table. If something is wrong with it, the command says so and goes on with
 * the others. An error of the table itself ends the command.
 */
export const attempt = async <Result>(work: () => Promise<Result>): Promise<Outcome<Result>> => {
  try {
    return { result: await work() }
  } catch (error) {
    if (error instanceof Unreadable || error instanceof EventRefused)
      return { reason: error.message }
    // The message of an InboxError is for callers of the API.
    const known = error instanceof InboxError && error.cause instanceof Error
    const { name, message, cause, stack } = (known ? error.cause : error) as Error
    // Between threads an error loses its name, by which explain-failure.ts finds its advice.
    throw Object.assign(new Error(`${name}: ${message}`, { cause }), { stack })
  }
}

/** Names a user without the address, as `caller` does in the log of the functions: the table's name is the salt. */
export const nameUser = (tableName: string, user: Email): string =>
  `user ${hashEmail(user, tableName)}`

/** Formats what is wrong with a room or user as one line, which names it once. */
export const formatProblem = (place: string, reason: string): string =>
  new RegExp(`^${place}\\b`).test(reason) ? reason : `${place}: ${reason}`
