/**
 * npm run test:runtime: AWS's own runtime client for Node runs the functions of the synthesized app, as on
 * Lambda, over the embedded DynamoDB.
 */
import { after, describe } from 'node:test'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { runCommand } from '../../commands/command.ts'
import { type Engine, startEngine } from '../../commands/local/engine.ts'
import { createTable } from '../../commands/local/table.ts'
import { own } from '../support/owned.ts'
import { testApi } from './api.ts'
import { synthesize } from './assembly.ts'
import { testDeadTable } from './dead-table.ts'
import { createLambda } from './lambda.ts'
import { testQueue } from './queue.ts'
import { layOutRuntimeClient } from './runtime-client.ts'
import { testStart } from './start.ts'
import { testStream } from './stream.ts'
import { testTraces } from './traces.ts'

const tableName = 'chat'

/** Starts an engine with an empty table. */
const startTable = async (): Promise<Engine> => {
  const engine = await startEngine()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const { endpoint } = engine
  await createTable(new DynamoDBClient({ endpoint, credentials, region: 'us-east-1' }), tableName)
  return engine
}

// What cannot be prepared is one error, and not one for each test.
runCommand(async () => {
  const owned = own()
  const [engine, client, functions] = await Promise.all([
    startTable(),
    layOutRuntimeClient(owned),
    synthesize(owned, tableName),
  ])
  const lambda = createLambda(owned, client, functions, engine.endpoint)
  const tested = { lambda, directory: owned.directory }

  after(async () => {
    await lambda.end()
    engine.process.kill()
  })
  describe('on Lambda', { concurrency: true }, () => {
    describe('the API', { concurrency: false }, () => {
      testApi(tested)
    })
    describe('the queue', { concurrency: false }, () => {
      testQueue(tested)
    })
    describe('the stream', { concurrency: false }, () => {
      testStream(tested)
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
})
