import { setTimeout } from 'node:timers/promises'
import { CannotRun } from '../command.ts'

const pollMs = 5

/**
 * Repeats a check until it succeeds.
 * @returns false if it did not succeed within the limit
 */
export const waitUntil = async (
  check: () => Promise<boolean>,
  limitMs: number,
): Promise<boolean> => {
  const end = Date.now() + limitMs
  while (!(await check())) {
    if (Date.now() > end) return false
    await setTimeout(pollMs)
  }
  return true
}

/** @throws CannotRun if nothing answers at the endpoint within the limit */
export const waitForAnswer = async (endpoint: string, limitMs: number): Promise<void> => {
  const answers = () =>
    fetch(endpoint, { signal: AbortSignal.timeout(limitMs) }).then(
      () => true,
      () => false,
    )
  if (!(await waitUntil(answers, limitMs)))
    throw new CannotRun(
      `No DynamoDB answers at ${endpoint}: start it, or set AWS_ENDPOINT_URL_DYNAMODB to its URL.`,
    )
}
