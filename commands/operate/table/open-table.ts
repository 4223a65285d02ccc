import {
  DescribeTableCommand,
  DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { inboxIndex, inboxSortKey, partitionKey, sortKey } from '../../../lib/store/schema.ts'
import { CannotRun, WrongUse } from '../../command.ts'
import { explainTableFailure } from '../../explain-failure.ts'
import { checkClock, watchClock } from './clock.ts'
import type { TableOptions } from './options.ts'
import { findTarget, type Target } from './target.ts'

interface TableUse extends TableOptions {
  access: 'read' | 'write'
}

/**
 * Opens the table that a command works on: finds it, checks that it is a table of the inbox and that the clock is right
 * before anything is written, and sets the environment so that lib/deps uses it. Import lib/deps afterwards.
 * @throws CannotRun if there is no such table, it is not a table of the inbox, it cannot be described, or it would be
 * written with a wrong clock; WrongUse if it is not on this machine and would be written without --yes
 */
export const openTable = async ({ table, yes, access }: TableUse): Promise<Target> => {
  const target = await findTarget(table)
  if (access === 'write' && !target.isLocal && !yes)
    throw new WrongUse(`This would write to ${target.name}: add --yes to do so.`)
  const { table: description, aheadMs } = await describe(target)
  const missing = findMissing(description)
  if (missing !== undefined)
    throw new CannotRun(
      `The ${target.name} is not a table of the inbox: it has no ${missing}. Nothing was written.`,
    )
  if (access === 'write') checkClock(aheadMs)
  console.error(`${access === 'write' ? 'Writing to' : 'Reading'} ${target.name}.`)
  return target
}

/** @returns the table, and how far this machine's clock is ahead, as {@link watchClock} says it */
const describe = async ({ name, tableName }: Target) => {
  const client = new DynamoDBClient()
  const readAhead = watchClock(client)
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
    return { table: Table, aheadMs: readAhead() }
  } catch (error) {
    throw explainTableFailure(name, error)
  } finally {
    client.destroy()
  }
}

/** @returns what a table of the inbox has and this one does not */
const findMissing = (table: TableDescription | undefined): string | undefined => {
  const index = table?.LocalSecondaryIndexes?.find(({ IndexName }) => IndexName === inboxIndex)
  if (!isKey(table?.KeySchema, sortKey)) return `key of ${partitionKey} and ${sortKey}`
  if (!isKey(index?.KeySchema, inboxSortKey) || index?.Projection?.ProjectionType !== 'ALL')
    return `local index ${inboxIndex} on ${inboxSortKey} with all attributes`
  return undefined
}

const isKey = (
  schema: { AttributeName: string | undefined; KeyType: string | undefined }[] = [],
  range: string,
): boolean => {
  const nameOf = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName
  return nameOf('HASH') === partitionKey && nameOf('RANGE') === range
}
