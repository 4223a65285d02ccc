import { setTimeout } from 'node:timers/promises'
import { CannotRun } from '../command.ts'

const pollMs = 50

/** @throws CannotRun if nothing answers at the endpoint within the limit */
export const waitForAnswer = async (endpoint: string, limitMs: number): Promise<void> => {
  const end = Date.now() + limitMs
  for (;;) {
    try {
      await fetch(endpoint, { signal: AbortSignal.timeout(limitMs) })
      return
    } catch {
      if (Date.now() > end)
        throw new CannotRun(
          `No DynamoDB answers at ${endpoint}: start it, or set AWS_ENDPOINT_URL_DYNAMODB to its URL.`,
        )
      await setTimeout(pollMs)
    }
  }
}
