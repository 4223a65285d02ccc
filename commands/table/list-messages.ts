import { InboxError } from '../../lib/domain/errors.ts'

/**
 * @returns the message of an error and those of its causes, the outermost first. An InboxError has a message for
 * callers of the API, so only its causes are listed.
 */
export const listMessages = (error: unknown): string[] => {
  if (!(error instanceof Error)) return []
  const causes = listMessages(error.cause)
  return error instanceof InboxError ? causes : [error.message, ...causes]
}
