import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { startEngine, waitForAnswer } from './engine.ts'
import {
  defaultPort,
  defaultTableName,
  isThisMachine,
  type LocalTable,
  readEnvironment,
  setFunctionEnvironment,
  tablePath,
} from './environment.ts'
import { type ApiFunction, createGateway, type ServedRoute } from './gateway.ts'
import { createIssuer } from './issuer.ts'
import { endWithNpm } from './end-with-npm.ts'
import { checkPort } from './check-port.ts'
import { CannotRun, readOptions } from '../command.ts'
import { loadSampleChats, sampleUsers } from './sample-chats.ts'
import { createTable } from './table.ts'
import { type Route, routes } from '../../lib/routes.ts'

const usage = `usage: npm start -- [options]

  --yes   uses the DynamoDB that AWS_ENDPOINT_URL_DYNAMODB names even if it is not on this machine
  --help  prints this

PORT (${defaultPort}), TABLE_NAME (${defaultTableName}) and AWS_ENDPOINT_URL_DYNAMODB (none: the embedded DynamoDB) are
environment variables; docs/local.md describes them.`

/** How long an existing endpoint may take to answer. */
const answerLimitMs = 3000

/** Runs the API on this machine, over the embedded engine or the endpoint that the environment names. */
export const startApi = async (): Promise<void> => {
  const { values } = readOptions(usage, { options: { yes: { type: 'boolean', default: false } } })
  const { port, tableName, endpoint } = readEnvironment()
  await checkPort(port)

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))
  endWithNpm()
  const dynamoDb =
    endpoint === undefined ? await startEmbeddedEngine() : await useEndpoint(endpoint, values.yes)
  setFunctionEnvironment({ endpoint: dynamoDb, tableName })

  const isNew = await createTable(new DynamoDBClient(), tableName)
  // Imported here because a function reads its environment when it is loaded.
  if (isNew) await loadSampleChats((await import('../../functions/apply-chat-events.ts')).handler)
  const url = `http://127.0.0.1:${port}`
  const app = createGateway(await loadRoutes(), await createIssuer(url))
  const table: LocalTable = { endpoint: dynamoDb, tableName }
  app.get(tablePath, () => table)
  await app.listen({ port, host: '127.0.0.1' })
  console.log(formatWelcome(url, tableName, dynamoDb, isNew))
}

const startEmbeddedEngine = async (): Promise<string> => {
  const engine = await startEngine()
  process.on('exit', () => engine.process.kill('SIGKILL'))
  engine.process.on('exit', () => {
    console.error('The embedded DynamoDB engine has stopped: run npm start again.')
    process.exit(1)
  })
  return engine.endpoint
}

const useEndpoint = async (endpoint: string, yes: boolean): Promise<string> => {
  if (!isThisMachine(endpoint) && !yes)
    throw new CannotRun(
      `AWS_ENDPOINT_URL_DYNAMODB is ${endpoint}, which is not this machine: add --yes (npm start -- --yes) to use it.`,
    )
  await waitForAnswer(endpoint, answerLimitMs)
  return endpoint
}

const loadRoutes = async (): Promise<ServedRoute[]> => {
  const handlers: Record<Route['functionName'], ApiFunction> = {
    'list-personal-chats': (await import('../../functions/list-personal-chats.ts')).handler,
    'list-group-chats': (await import('../../functions/list-group-chats.ts')).handler,
    'leave-chat': (await import('../../functions/leave-chat.ts')).handler,
  }
  return routes.map((route) => ({ ...route, handler: handlers[route.functionName] }))
}

const formatWelcome = (
  url: string,
  tableName: string,
  endpoint: string,
  isNew: boolean,
): string => {
  // Without PORT, the token command in the second shell uses the default port.
  const portVariable = new URL(url).port === defaultPort ? '' : `PORT=${new URL(url).port} `
  const token = `$(${portVariable}npm run --silent token -- ${sampleUsers[0]})`
  return `
Chat inbox API on ${url}, table ${tableName} in DynamoDB on ${endpoint}.
${isNew ? `Sample users: ${sampleUsers.join(', ')}` : 'The table already exists: its chats are unchanged.'}

In a second shell, in this folder:

  curl -s -H "Authorization: Bearer ${token}" '${url}/chat/personal?limit=5'
  curl -s -H "Authorization: Bearer ${token}" '${url}/chat/group?limit=2'
  curl -s -X POST -H "Authorization: Bearer ${token}" '${url}/chat/leave?room_id=32896'

Ctrl-C stops it${isNew ? '' : ' and keeps the table'}.`
}
