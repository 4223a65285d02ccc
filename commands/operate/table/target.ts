import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { askLocalApi } from '../../ask-local-api.ts'
import {
  describeTable,
  isThisMachine,
  type LocalTable,
  readEnvironment,
  setFunctionEnvironment,
  tablePath,
} from '../../environment.ts'

/** The table that a command works on, and whether it is on this machine. */
export interface Target {
  /** Names the table and where it is. */
  name: string
  tableName: string
  isLocal: boolean
}

/**
 * Finds the table, and sets the environment so that lib/deps uses it.
 * @param table in the DynamoDB that the AWS SDK's environment names; undefined for the local API's table
 * @throws CannotRun if the local API is needed and does not run
 */
export const findTarget = async (table: string | undefined): Promise<Target> => {
  const endpoint = readEnvironment().endpoint ?? process.env['AWS_ENDPOINT_URL']
  if (table === undefined)
    return useTable(
      await askLocalApi({
        path: tablePath,
        fields: ['endpoint', 'tableName'],
        advice: 'start it with npm start, set PORT to its port, or name a table with --table',
      }),
    )
  if (endpoint !== undefined) return useTable({ endpoint, tableName: table })
  process.env['TABLE_NAME'] = table
  const region = await findRegion()
  return {
    name: `table ${table} of AWS${region ? ` in ${region}` : ''}`,
    tableName: table,
    isLocal: false,
  }
}

/** @returns the region of the environment or of the profile, undefined if neither names one */
const findRegion = async (): Promise<string | undefined> => {
  const client = new DynamoDBClient()
  try {
    return await client.config.region()
  } catch {
    return undefined
  } finally {
    client.destroy()
  }
}

const useTable = (table: LocalTable): Target => {
  setFunctionEnvironment(table)
  return {
    name: describeTable(table),
    tableName: table.tableName,
    isLocal: isThisMachine(table.endpoint),
  }
}
