import { checkTableName } from '../../environment.ts'

/** The options of every command that works on a table, for `readOptions`. */
export const tableOptions = {
  table: { type: 'string' },
  yes: { type: 'boolean', default: false },
} as const

export const tableUsage = `  --table NAME    a table in the DynamoDB that the AWS SDK's environment names; without --table, it is
                  the table of the API that npm start runs
  --yes           write to the table even if it is not on this machine`

/** The values of {@link tableOptions}. */
export interface TableOptions {
  /** Undefined for the local API's table. */
  table: string | undefined
  yes: boolean
}

/** @throws WrongUse if DynamoDB does not accept the table's name */
export const parseTableOptions = (values: { table?: string; yes: boolean }): TableOptions => ({
  table: values.table === undefined ? undefined : checkTableName('--table', values.table),
  yes: values.yes,
})
