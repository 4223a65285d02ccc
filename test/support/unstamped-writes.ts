import { isRow } from '../../lib/store/keys.ts'

/** The parts of a write that are looked at. */
interface Write {
  Key?: { pk: string; sk: string }
  Item?: { pk: string; sk: string; changed?: number }
  UpdateExpression?: string
}

/** A statement of PartiQL, with its parameters in the form of the wire. */
interface Statement {
  Statement: string
  Parameters: { S?: string }[]
}

/**
 * Finds writes of inbox rows that do not stamp them, so that `since` would miss them. A stub needs no stamp: it was in
 * no list.
 * @param call as it is intercepted at the step `initialize`
 * @returns what was written, to print
 */
export const findUnstampedWrites = ({
  command,
  input,
}: {
  command: string
  input: Record<string, unknown>
}): string[] => {
  const writes: Write[] =
    command === 'TransactWriteItems'
      ? (input['TransactItems'] as Record<string, Write>[]).flatMap((item) => Object.values(item))
      : ['PutItem', 'UpdateItem'].includes(command)
        ? [input]
        : []
  const statements = command === 'BatchExecuteStatement' ? (input['Statements'] as Statement[]) : []
  return [
    ...writes.filter((write) => isRowWrite(write) && !isStamped(write)),
    ...statements.filter((statement) => isRowStatement(statement) && !isStampedText(statement)),
  ].map((write) => JSON.stringify(write))
}

const isOfUser = (pk: string): boolean => pk.startsWith('USER#')

const isRowWrite = ({ Key, Item }: Write): boolean => {
  const key = Key ?? Item
  return key !== undefined && isOfUser(key.pk) && isRow(key)
}

/** An update without changes makes a stub. */
const isStamped = ({ Item, UpdateExpression }: Write): boolean =>
  Item ? Item.changed !== undefined : (UpdateExpression?.includes('changed = :changed') ?? true)

const isRowStatement = ({ Parameters }: Statement): boolean => {
  const texts = Parameters.flatMap(({ S }) => S ?? [])
  return texts.some(isOfUser) && texts.some((text) => /^ROOM#\d+$/.test(text))
}

/** A statement that inserts nothing but the key makes a stub. */
const isStampedText = ({ Statement, Parameters }: Statement): boolean =>
  Statement.includes('"changed" = ?') || (Statement.startsWith('INSERT') && Parameters.length === 2)
