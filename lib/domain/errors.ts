import { escapeControls } from './escape-controls.ts'

/** Everything that can go wrong with a request: the `code` of an error response. */
export type ErrorCode =
  | 'invalid_page'
  | 'invalid_limit'
  | 'invalid_cursor'
  | 'invalid_unread'
  | 'invalid_archived'
  | 'invalid_pinned'
  | 'invalid_since'
  | 'invalid_room_id'
  | 'invalid_body'
  | 'forbidden'
  | 'room_not_found'
  | 'sync_expired'
  | 'unavailable'
  | 'internal'

/** A failure with a stable code. The message goes to the caller, the `cause` only to the log. */
export class InboxError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InboxError'
    this.code = code
  }
}

/**
 * Formats a value for an error message: its first 40 characters, in quotes and on one line, with control and format
 * characters escaped.
 */
export const quote = (text: string): string =>
  escapeControls(JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text))

/** An event that cannot be applied, or not yet. The message says why, without personal data. */
export class EventRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EventRefused'
  }
}

/**
 * Stored data cannot be read, or an operation failed too often. The message says why and what to do, without
 * personal data.
 */
export class Unreadable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Unreadable'
  }
}

/** Lists an error and the chain of its causes, each with its stack, for the log. */
export const listCauses = (error: unknown): string[] =>
  error instanceof Error ? [error.stack ?? String(error), ...listCauses(error.cause)] : []

/** @returns the result of work, or the refusal that it throws. Other errors are thrown. */
export const catchRefusal = <Result>(work: () => Result): Result | EventRefused => {
  try {
    return work()
  } catch (error) {
    if (error instanceof EventRefused) return error
    throw error
  }
}
