/** @returns the message of an error and those of its causes, the outermost first */
export const listMessages = (error: unknown): string[] =>
  error instanceof Error ? [error.message, ...listMessages(error.cause)] : []
