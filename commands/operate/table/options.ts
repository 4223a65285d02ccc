import { makeWrongUse } from '../../command.ts'
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

/** The option of a command that works on some rooms, for `readOptions`, with `allowPositionals`. */
export const roomOptions = { room: { type: 'string', multiple: true } } as const

export const roomUsage = `  --room ID…      only these rooms, and the totals of their participants`

/**
 * Reads the ids after `--room`, which parseArgs takes for positional arguments from the second on.
 * @returns undefined without `--room`: all rooms
 * @throws WrongUse naming the argument that is no id
 */
export const parseRooms = (
  usage: string,
  { room }: { room?: string[] },
  positionals: string[],
): number[] | undefined => {
  if (room === undefined && positionals[0] !== undefined)
    throw makeWrongUse(usage, `Unexpected argument '${positionals[0]}'`)
  return room && [...new Set([...room, ...positionals])].map((text) => parseRoom(usage, text))
}

const parseRoom = (usage: string, text: string): number => {
  const id = Number(text)
  if (!/^\d+$/.test(text) || id < 1 || !Number.isSafeInteger(id))
    throw makeWrongUse(usage, `--room ${text} is not the id of a room, such as 31387`)
  return id
}
