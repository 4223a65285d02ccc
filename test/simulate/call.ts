import { isRow } from '../../lib/store/keys.ts'

type Values = Record<string, unknown>

/** A write of a call. */
export interface Write {
  partition: string
  /** If it writes a row that is listed, its sort key in the index, which names the room and the newest comment. */
  activity: string | undefined
}

/** What the simulation has to know of a call. */
export interface Call {
  /** All partitions that it reads or writes. */
  partitions: string[]
  writes: Write[]
}

/** Reads the input of a command, such as `PutItem`, in the form of the document client. */
export const readCall = (command: string, input: Values): Call => {
  const writes = listWrites(command, input)
  const partitions = [...listReads(command, input), ...writes.map(({ partition }) => partition)]
  return { writes, partitions: [...new Set(partitions)] }
}

const listReads = (command: string, input: Values): string[] => {
  switch (command) {
    case 'GetItem':
      return [partitionOf(input['Key'])]
    case 'BatchGetItem':
      return Object.values(input['RequestItems'] as Record<string, { Keys: Values[] }>).flatMap(
        ({ Keys }) => Keys.map(partitionOf),
      )
    case 'Query':
      return [String((input['ExpressionAttributeValues'] as Values)[':pk'])]
    default:
      return []
  }
}

const listWrites = (command: string, input: Values): Write[] => {
  switch (command) {
    case 'PutItem':
      return [toWrite(input['Item'], input['Item'])]
    case 'UpdateItem':
      return [toWrite(input['Key'], input['ExpressionAttributeValues'])]
    case 'TransactWriteItems':
      return (input['TransactItems'] as { Put?: Values; Update?: Values }[]).flatMap(
        ({ Put, Update }) =>
          Put ? listWrites('PutItem', Put) : Update ? listWrites('UpdateItem', Update) : [],
      )
    case 'BatchExecuteStatement':
      return (input['Statements'] as Statement[]).map(toWriteOfStatement)
    default:
      return []
  }
}

const partitionOf = (key: unknown): string => (key as { pk: string }).pk

const toWrite = (key: unknown, values: unknown = {}): Write => ({
  partition: partitionOf(key),
  activity: isRow(key as { sk: string })
    ? findActivity(Object.values(values as Values))
    : undefined,
})

/** A statement of PartiQL. */
interface Statement {
  Statement: string
  Parameters?: unknown[]
}

/** The values are parameters: `UPDATE … SET … WHERE pk = ? …` or `INSERT INTO … VALUE {'pk': ?, …}`. */
const toWriteOfStatement = ({ Statement, Parameters = [] }: Statement): Write => {
  const values = Parameters.map(toText)
  const [before] = Statement.split(/\bpk\b["']?\s*[=:]\s*\?/)
  return {
    partition: String(values[before!.split('?').length - 1]),
    activity: findActivity(values),
  }
}

/** A parameter may have the form of the wire. */
const toText = (value: unknown): unknown => (value as { S?: string } | null)?.S ?? value

/** A total has an activity without a comment. */
const findActivity = (values: unknown[]): string | undefined =>
  values.find(
    (value): value is string =>
      typeof value === 'string' && /^\w+#[^#]+#\d{16}#\d{16}$/.test(value),
  )
