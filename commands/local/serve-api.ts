import { networkInterfaces } from 'node:os'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { FastifyInstance } from 'fastify'
import { type Route, routes } from '../../lib/routes.ts'
import { explainTableFailure } from '../explain-failure.ts'
import {
  defaultHost,
  defaultPort,
  describeTable,
  isThisMachine,
  type LocalTable,
  setFunctionEnvironment,
  tablePath,
} from '../environment.ts'
import { createGateway, type ServedRoute } from './gateway.ts'
import type { ApiFunction } from './invoke.ts'
import { createIssuer, type Issuer } from './issuer.ts'
import { type Publisher, publishLocally } from './publish-locally.ts'
import {
  createPublishedList,
  formatRun,
  type PublishedList,
  publishedPath,
  servePublished,
} from './published.ts'
import { loadSampleChats, loadSampleInbox } from './sample-chats.ts'
import { inboxUser, isSampleRoom } from './sample-inbox.ts'
import { sampleUsers } from './sample-users.ts'
import { serveEvents } from './serve-events.ts'
import { servePage } from './serve-page.ts'
import { createTable } from './table.ts'

/**
 * Serves the API from a table, which is created with the sample chats if it does not exist, and publishes what changes
 * in it then. The sample inbox is larger: it is made when its user gets the first token, so that the start does not
 * wait for it. It is not published either.
 * @returns the welcome to print
 */
export const serveApi = async (host: string, port: number, table: LocalTable): Promise<string> => {
  setFunctionEnvironment(table)
  const url = `http://${defaultHost}:${port}`
  const published = createPublishedList()
  let inbox: Promise<void> | undefined
  const prepare = async (email: string) => {
    if (isNew && email === inboxUser) await (inbox ??= makeInbox(publisher))
  }
  const [isNew, issuer] = await Promise.all([
    createTableWithSamples(table),
    // Making the keys takes long, but on another thread.
    createIssuer(url, prepare),
  ])
  const [app, publisher] = await Promise.all([
    createServer(issuer, table, published),
    startPublishing(table, published, url),
  ])
  if (typeof publisher === 'string') published.end(publisher)
  await app.listen({ port, host })
  return formatWelcome(url, { table, isNew, host, publisher })
}

const makeInbox = (publisher: Publisher | string): Promise<void> =>
  typeof publisher === 'string'
    ? loadSampleInbox()
    : publisher.runHidden(
        loadSampleInbox,
        (change) => change.type === 'inbox.changed' && isSampleRoom(change.roomId),
      )

/**
 * Publishes what changes in the table from now on.
 * @returns a sentence that says why it does not
 */
const startPublishing = async (
  { endpoint, tableName }: LocalTable,
  published: PublishedList,
  url: string,
): Promise<Publisher | string> => {
  // A table that others use keeps its settings: publishing turns on the stream.
  if (!isThisMachine(endpoint))
    return `Nothing is published, because the DynamoDB on ${endpoint} is not on this machine.`
  try {
    return await publishLocally(tableName, {
      put: published.add,
      onRun: (events) => {
        console.log(formatRun(events, `${url}${publishedPath}`))
      },
      onEnd: (reason) => {
        published.end(reason)
        console.error(reason)
      },
    })
  } catch (error) {
    return `Nothing is published, because the DynamoDB on ${endpoint} gives no stream of the table (${String(error)}).`
  }
}

/** Creates the server with all its routes: the API, the issuer of its tokens, the pages, and what commands ask for. */
export const createServer = async (
  issuer: Issuer,
  table: LocalTable,
  published: PublishedList,
): Promise<FastifyInstance> => {
  const app = createGateway(await loadRoutes(), issuer)
  app.get(tablePath, () => table)
  servePage(app)
  serveEvents(app)
  servePublished(app, published)
  return app
}

/**
 * @returns false if the table already exists
 * @throws CannotRun if DynamoDB does not create it
 */
const createTableWithSamples = async (table: LocalTable): Promise<boolean> => {
  try {
    const isNew = await createTable(new DynamoDBClient(), table.tableName)
    if (isNew) await loadSampleChats()
    return isNew
  } catch (error) {
    throw explainTableFailure(describeTable(table), error)
  }
}

const loadRoutes = async (): Promise<ServedRoute[]> => {
  const handlers: Record<Route['functionName'], ApiFunction> = {
    'list-personal-chats': (await import('../../functions/list-personal-chats.ts')).handler,
    'list-all-chats': (await import('../../functions/list-all-chats.ts')).handler,
    'list-group-chats': (await import('../../functions/list-group-chats.ts')).handler,
    'leave-chat': (await import('../../functions/leave-chat.ts')).handler,
  }
  return routes.map((route) => ({ ...route, handler: handlers[route.functionName] }))
}

/** @param port of the API */
const warnOfNetworks = (port: string): string => `
Every device in the networks of this machine can reach it, gets a token for any address, and can send
events without a token: start it like this in networks that you trust only.

From another device:
${listNetworkAddresses()
  .map((address) => `  http://${address}:${port}/\n`)
  .join('')}`

/** The addresses of this machine in its networks. The server listens on IPv4 only. */
const listNetworkAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)

interface Started {
  table: LocalTable
  isNew: boolean
  host: string
  publisher: Publisher | string
}

const formatWelcome = (url: string, { table, isNew, host, publisher }: Started): string => {
  const { port } = new URL(url)
  // Without PORT, the token command in the second shell uses the default port.
  const portVariable = port === defaultPort ? '' : `PORT=${port} `
  const token = `$(${portVariable}npm run --silent token -- ${sampleUsers[0]})`
  return `
Chat inbox API on ${url}, ${describeTable(table)}.
${isNew ? `Sample users: ${sampleUsers.join(', ')}` : 'The table already exists: its chats are unchanged.'}
${host === defaultHost ? '' : warnOfNetworks(port)}
  the inbox on a page      ${url}/
  the API, to try it out   ${url}/docs
  ${typeof publisher === 'string' ? publisher : `what it publishes        ${url}${publishedPath}`}

In a second shell, in this folder:

  curl -s -H "Authorization: Bearer ${token}" '${url}/chat/all?limit=5'
  curl -s -H "Authorization: Bearer ${token}" '${url}/chat/personal?limit=5'
  curl -s -H "Authorization: Bearer ${token}" '${url}/chat/group?limit=2'
  curl -s -X POST -H "Authorization: Bearer ${token}" '${url}/chat/leave?room_id=32896'

Ctrl-C stops it${isNew ? '' : ' and keeps the table'}.`
}
