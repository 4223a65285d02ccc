import { CannotRun } from '../command.ts'
import { waitUntil } from './wait-until.ts'

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
