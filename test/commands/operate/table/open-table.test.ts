import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterEach, describe, expect, test } from '@jest/globals'
import { CannotRun } from '../../../../commands/command.ts'
import { openTable } from '../../../../commands/operate/table/open-table.ts'
import { useTable } from '../../../support/inbox.ts'
import { quietErrors } from '../../../support/quiet-errors.ts'

const ownTable = process.env['TABLE_NAME']!
const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB']!
const log = quietErrors()
useTable()

afterEach(() => {
  process.env['TABLE_NAME'] = ownTable
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint
})

const open = (table: string) => openTable({ table, yes: false, access: 'write' })

/** Creates a table with a string key, and with a local index if `index` is its sort key. */
const createOther = async (keys: [string, string], index?: string): Promise<string> => {
  const tableName = `${ownTable}-${keys.join('-')}-${index}`
  const schema = (range: string) => [
    { AttributeName: keys[0], KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ]
  await new DynamoDBClient().send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...keys, ...(index === undefined ? [] : [index])].map(
        (AttributeName) => ({ AttributeName, AttributeType: 'S' as const }),
      ),
      KeySchema: schema(keys[1]),
      ...(index !== undefined && {
        LocalSecondaryIndexes: [
          {
            IndexName: 'inbox',
            KeySchema: schema(index),
            Projection: { ProjectionType: 'ALL' as const },
          },
        ],
      }),
    }),
  )
  return tableName
}

test('a table of the inbox is opened, and its name is printed', async () => {
  const target = await open(ownTable)

  expect(target).toEqual({
    name: `table ${ownTable} in DynamoDB on ${endpoint}`,
    tableName: ownTable,
    isLocal: true,
  })
  expect(log).toHaveBeenCalledWith(`Writing to ${target.name}.`)
})

test.each([
  { name: 'to write, with --yes', options: { yes: true, access: 'write' as const } },
  { name: 'to read', options: { yes: false, access: 'read' as const } },
])('a table that is not on this machine is opened $name', async ({ options }) => {
  // Another name of this machine, which counts as another machine.
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint.replace('127.0.0.1', '[::ffff:127.0.0.1]')

  expect(await openTable({ table: ownTable, ...options })).toMatchObject({ isLocal: false })
})

describe('a sentence for', () => {
  test.each<[string, [string, string], string | undefined, string]>([
    ['other keys', ['id', 'sk'], 'activity', 'key of pk and sk'],
    ['no local index', ['pk', 'sk'], undefined, 'local index inbox on activity'],
    ['a local index on something else', ['pk', 'sk'], 'moment', 'local index inbox on activity'],
  ])('a table with %s', async (_, keys, index, missing) => {
    const table = await createOther(keys, index)

    await expect(open(table)).rejects.toThrow(CannotRun)
    await expect(open(table)).rejects.toThrow(
      new RegExp(`^The table ${table} .* is not a table of the inbox: it has no ${missing}`),
    )
  })

  test('a table that does not exist', async () => {
    await expect(open('missing')).rejects.toThrow(
      /^Cannot work on table missing in .*: there is no such table/,
    )
  })

  test('an address where nothing responds', async () => {
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = 'http://127.0.0.1:9'

    await expect(open(ownTable)).rejects.toThrow(/nothing responds there/)
  })

  test('a table that is not on this machine, without --yes', async () => {
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = 'http://dynamodb.example.com'

    await expect(open(ownTable)).rejects.toThrow(/^This would write to .*: add --yes to do so/)
  })
})
