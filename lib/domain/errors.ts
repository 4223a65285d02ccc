/** Everything that can be wrong with a request, as the answer's `code` names it. */
export type ErrorCode =
  | 'invalid_page'
  | 'invalid_limit'
  | 'invalid_cursor'
  | 'invalid_room_id'
  | 'invalid_body'
  | 'forbidden'
  | 'room_not_found'
  | 'unavailable'
  | 'internal'

/** A failure with a stable code. The message is for the caller, the `cause` for the log only. */
export class InboxError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InboxError'
    this.code = code
  }
}

/** A value as an error message shows it: quoted, on one line, at most 40 characters of it. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)

/** An event that cannot be applied, at least not now. The message says why, without personal data. */
export class EventRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EventRefused'
  }
}

/** An error and the chain of its causes, each with its stack, for the log. */
export const causesOf = (error: unknown): string[] =>
  error instanceof Error ? [error.stack ?? String(error), ...causesOf(error.cause)] : []
