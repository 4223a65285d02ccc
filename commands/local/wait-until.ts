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

/** @throws CannotRun if nothing responds at the endpoint within the limit */
export const waitForResponse = async (endpoint: string, limitMs: number): Promise<void> => {
  const responds = () =>
    fetch(endpoint, { signal: AbortSignal.timeout(limitMs) }).then(
      () => true,
      () => false,
    )
  if (!(await waitUntil(responds, limitMs)))
    throw new CannotRun(
      `No DynamoDB responds at ${endpoint}: start it, or set AWS_ENDPOINT_URL_DYNAMODB to its URL.`,
    )
}
