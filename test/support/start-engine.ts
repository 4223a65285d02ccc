import {
  isThisMachine,
  readEnvironment,
  setFunctionEnvironment,
} from '../../commands/environment.ts'
import { startEngine } from '../../commands/local/engine.ts'
import { waitForResponse } from '../../commands/local/wait-until.ts'

const responseLimitMs = 3000

/**
 * Starts one DynamoDB for all test files, each of which has its own table. It is the one that
 * AWS_ENDPOINT_URL_DYNAMODB names, or else the embedded engine.
 */
export default async (): Promise<void> => {
  setFunctionEnvironment({
    endpoint: (await given()) ?? (await embedded()),
    tableName: 'set-by-each-test-file',
  })
}

const given = async (): Promise<string | undefined> => {
  const { endpoint } = readEnvironment()
  if (endpoint === undefined) return undefined
  if (!isThisMachine(endpoint))
    throw new Error(
      `AWS_ENDPOINT_URL_DYNAMODB is ${endpoint}: the tests make many tables, so they use a DynamoDB on this machine only.`,
    )
  await waitForResponse(endpoint, responseLimitMs)
  return endpoint
}

const embedded = async (): Promise<string> => {
  const engine = await startEngine()
  Object.assign(globalThis, { engine })
  return engine.endpoint
}
