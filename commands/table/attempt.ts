import { EventRefused, Unreadable } from '../../lib/domain/errors.ts'

/**
 * Works on one room or user of a table. What is wrong with it is said, and the command goes on with the
 * others. An error of the table itself ends the command.
 * @param fail is told the reason
 */
export const attempt = async (
  work: () => Promise<void>,
  fail: (reason: string) => void,
): Promise<void> => {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Unreadable || error instanceof EventRefused)) throw error
    fail(error.message)
  }
}
