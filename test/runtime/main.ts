/**
 * npm run test:runtime: AWS's own runtime client for Node runs the functions of the synthesized app, as on
 * Lambda, over the embedded DynamoDB.
 */
import { after, before, describe } from 'node:test'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { startEngine } from '../../commands/local/engine.ts'
import { createTable } from '../../commands/local/table.ts'
import { own } from '../deploy/owned.ts'
import { testApi } from './api.ts'
import { synthesize } from './assembly.ts'
import { testDeadTable } from './dead-table.ts'
import { createLambda } from './lambda.ts'
import { testQueue } from './queue.ts'
import { layOutRuntimeClient } from './runtime-client.ts'
import { testStart } from './start.ts'
import type { Tested } from './tested.ts'
import { testTraces } from './traces.ts'

const tableName = 'chat'

const tested = {} as Tested
/** What to stop at the end, even if some of it did not start. */
const stops: (() => unknown)[] = []

/** @returns the endpoint of an engine with an empty table */
const startTable = async (): Promise<string> => {
  const { endpoint, process } = await startEngine()
  stops.push(() => process.kill())
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  await createTable(new DynamoDBClient({ endpoint, credentials, region: 'us-east-1' }), tableName)
  return endpoint
}

before(async () => {
  const owned = own()
  const endpoint = await startTable()
  const [client, functions] = await Promise.all([
    layOutRuntimeClient(owned),
    synthesize(owned, tableName),
  ])
  const lambda = createLambda(owned, client, functions, endpoint)
  stops.push(lambda.end)
  Object.assign(tested, { lambda, directory: owned.directory } satisfies Tested)
})
after(() => Promise.all(stops.map((stop) => stop())))

describe('on Lambda', { concurrency: true }, () => {
  describe('the API', { concurrency: false }, () => {
    testApi(tested)
  })
  describe('the queue', { concurrency: false }, () => {
    testQueue(tested)
  })
  describe('a dead table', { concurrency: true }, () => {
    testDeadTable(tested)
  })
  describe('a start', { concurrency: true }, () => {
    testStart(tested)
  })
})
describe('afterwards', () => {
  testTraces(tested)
})
