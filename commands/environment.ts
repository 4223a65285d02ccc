import { WrongUse } from './command.ts'

/** Settings of the API on this machine. */
interface LocalEnvironment {
  host: string
  port: number
  tableName: string
  /** URL of DynamoDB; undefined for the embedded engine. */
  endpoint: string | undefined
}

export const defaultHost = '127.0.0.1'
/** All networks of this machine. */
const allHosts = '0.0.0.0'
export const defaultPort = '3000'
export const defaultTableName = 'chat-inbox'

/** @throws WrongUse naming the variable that is wrong */
export const readEnvironment = (): LocalEnvironment => {
  const { HOST, PORT = defaultPort, TABLE_NAME, AWS_ENDPOINT_URL_DYNAMODB } = process.env
  const host = HOST || defaultHost
  // Commands such as npm run token reach the API at 127.0.0.1, which both include.
  if (host !== defaultHost && host !== allHosts)
    throw new WrongUse(
      `HOST is "${host}": set it to ${allHosts} to serve all networks of this machine, or to ${defaultHost} to serve this machine only.`,
    )
  const port = Number(PORT)
  if (!/^\d+$/.test(PORT) || port < 1 || port > 65535)
    throw new WrongUse(`PORT is "${PORT}": set it to a port number from 1 to 65535.`)
  return {
    host,
    port,
    tableName: checkTableName('TABLE_NAME', TABLE_NAME || defaultTableName),
    endpoint: AWS_ENDPOINT_URL_DYNAMODB || undefined,
  }
}

/**
 * @param source the variable or option that the name comes from
 * @throws WrongUse if DynamoDB does not accept the name
 */
export const checkTableName = (source: string, name: string): string => {
  if (!/^[\w.-]{3,255}$/.test(name))
    throw new WrongUse(
      `${source} is "${name}": a table's name has 3 to 255 letters (a-z, A-Z), digits, underscores, hyphens and dots.`,
    )
  return name
}

/** The table of the API on this machine, which serves it to commands at `tablePath`. */
export interface LocalTable {
  endpoint: string
  tableName: string
}
export const tablePath = '/local/table'

/** Names a table and where it is. */
export const describeTable = ({ tableName, endpoint }: LocalTable): string =>
  `table ${tableName} in DynamoDB on ${endpoint}`

const thisMachine = new Set(['localhost', '127.0.0.1', '[::1]'])

/** @throws WrongUse if the endpoint is not a URL */
export const isThisMachine = (endpoint: string): boolean => {
  if (!URL.canParse(endpoint))
    throw new WrongUse(
      `AWS_ENDPOINT_URL_DYNAMODB is "${endpoint}": set it to a URL such as http://127.0.0.1:8000.`,
    )
  return thisMachine.has(new URL(endpoint).hostname)
}

/** Sets the environment of the functions and their AWS SDK. Engines on this machine accept any credentials. */
export const setFunctionEnvironment = ({ endpoint, tableName }: LocalTable): void => {
  process.env['TABLE_NAME'] = tableName
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint
  if (!isThisMachine(endpoint)) return
  process.env['AWS_REGION'] ||= 'us-east-1'
  process.env['AWS_ACCESS_KEY_ID'] ||= 'local'
  process.env['AWS_SECRET_ACCESS_KEY'] ||= 'local'
}
