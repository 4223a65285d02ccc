import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { inboxIndex, inboxSortKey, partitionKey, sortKey } from '../../../lib/store/schema.ts'
import { CannotRun, WrongUse } from '../../command.ts'
import { explainTableFailure } from '../../explain-failure.ts'
import type { TableOptions } from './options.ts'
import { findTarget, type Target } from './target.ts'

interface TableUse extends TableOptions {
  access: 'read' | 'write'
}

/**
 * Opens the table that a command works on: finds it, checks that it is a table of the inbox before
 * anything is written, and sets the environment so that lib/deps uses it. Import lib/deps afterwards.
 * @throws CannotRun if there is no such table, it is not a table of the inbox, or it cannot be described;
 * WrongUse if it is not on this machine and would be written without --yes
 */
export const openTable = async ({ table, yes, access }: TableUse): Promise<Target> => {
  const target = await findTarget(table)
  if (access === 'write' && !target.isLocal && !yes)
    throw new WrongUse(`This would write to ${target.name}: add --yes to do so.`)
  await checkTable(target)
  console.error(`${access === 'write' ? 'Writing to' : 'Reading'} ${target.name}.`)
  return target
}

const checkTable = async (target: Target): Promise<void> => {
  const missing = await findMissing(target)
  if (missing !== undefined)
    throw new CannotRun(
      `The ${target.name} is not a table of the inbox: it has no ${missing}. Nothing was written.`,
    )
}

/** @returns what a table of the inbox has and this one does not */
const findMissing = async (target: Target): Promise<string | undefined> => {
  const client = new DynamoDBClient()
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: target.tableName }))
    const index = Table?.LocalSecondaryIndexes?.find(({ IndexName }) => IndexName === inboxIndex)
    if (!isKey(Table?.KeySchema, sortKey)) return `key of ${partitionKey} and ${sortKey}`
    if (!isKey(index?.KeySchema, inboxSortKey) || index?.Projection?.ProjectionType !== 'ALL')
      return `local index ${inboxIndex} on ${inboxSortKey} with all attributes`
    return undefined
  } catch (error) {
    throw explainTableFailure(target.name, error)
  } finally {
    client.destroy()
  }
}

const isKey = (
  schema: { AttributeName: string | undefined; KeyType: string | undefined }[] = [],
  range: string,
): boolean => {
  const nameOf = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName
  return nameOf('HASH') === partitionKey && nameOf('RANGE') === range
}
