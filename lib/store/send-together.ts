import { BatchExecuteStatementCommand, type BatchStatementError } from '@aws-sdk/client-dynamodb'
import { convertToAttr, unmarshall } from '@aws-sdk/util-dynamodb'
import { gather, notDone } from './gather.ts'
import type { Item } from './item.ts'
import { formatKey, type Key } from './keys.ts'
import { mostKeys, requestItems } from './read-items.ts'
import type { Store } from './store.ts'
import type { Change, Outcome, Part, Together } from './together.ts'

/** The maximum of BatchExecuteStatement. */
const mostStatements = 25

interface Statement extends Part {
  key: Key
}

/**
 * Makes a store that sends single writes of the same moment in one call of 25 at most, and reads in one of 100. In such
 * a call, a write takes a fraction of the CPU time of a call of its own. The units are the same.
 *
 * AWS documents that each statement takes effect or fails on its own, that a response of HTTP 200 can hold failed
 * statements, the codes of their errors, and that an UPDATE does not create an item. That one call may not write an
 * item twice, that a statement may have any condition, and what RETURNING returns, was only seen. So the caller decides
 * about a write that is not done with a call of its own, whatever the reason: a surprise costs calls, and no write is
 * lost. The calls have the time limit of the given store.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 */
export const gatherCalls = (store: Store): Store => {
  const write = gather(mostStatements, (statements: Statement[]) => execute(store, statements))
  const read = gather(mostKeys, (requests: { key: Key }[]) =>
    readKeys(
      store,
      requests.map(({ key }) => key),
    ),
  )
  const together: Together = {
    read: (key) => read({ key }),
    insert: (key, item) => write({ key, ...makeInsert(store, { ...key, ...item }) }),
    change: (key, change) => write({ key, ...makeChange(store, key, change) }),
  }
  return { ...store, together }
}

const makeInsert = ({ tableName }: Store, item: Item): Part => ({
  text: `INSERT INTO "${tableName}" VALUE {${Object.keys(item)
    .map((name) => `'${name}': ?`)
    .join(', ')}}`,
  parameters: Object.values(item),
})

const makeChange = (
  { tableName }: Store,
  { pk, sk }: Key,
  { set, condition = always, returning }: Change,
): Part => ({
  text: [
    `UPDATE "${tableName}" ${set.text}`,
    `WHERE ${['"pk" = ?', '"sk" = ?', condition.text].filter(Boolean).join(' AND ')}`,
    ...(returning === undefined ? [] : [`RETURNING ${returning}`]),
  ].join(' '),
  parameters: [...set.parameters, pk, sk, ...condition.parameters],
})

const always: Part = { text: '', parameters: [] }

const execute = async (store: Store, statements: Statement[]): Promise<Outcome[]> => {
  const { Responses = [] } = await store.client.send(
    new BatchExecuteStatementCommand({
      Statements: statements.map(({ text, parameters }) => ({
        Statement: text,
        // The document client would take more CPU time.
        Parameters: parameters.map((value) => convertToAttr(value)),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })),
    }),
    { abortSignal: store.signal },
  )
  return Responses.map(({ Error: error, Item: item }, index) => {
    if (error === undefined) return { isDone: true, item: item && unmarshall(item) }
    if (!usualCodes.has(error.Code)) warnOnce(statements[index]!, error)
    const stored = exclusiveCodes.has(error.Code) ? error.Item : undefined
    return { isDone: false, item: stored && unmarshall(stored) }
  })
}

/** The item exists, or does not have the condition. */
const exclusiveCodes: ReadonlySet<string | undefined> = new Set([
  'ConditionalCheckFailed',
  'DuplicateItem',
])
/** What a table that works returns. Any other code, such as AccessDenied, makes each write take another call. */
const usualCodes: ReadonlySet<string | undefined> = new Set([
  ...exclusiveCodes,
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'InternalServerError',
])
const warnedOf = new Set<string | undefined>()

/** Logs a code once in this process, without the parameters, which are personal. */
const warnOnce = ({ text }: Statement, { Code, Message }: BatchStatementError): void => {
  if (warnedOf.has(Code)) return
  warnedOf.add(Code)
  console.error(
    JSON.stringify({
      level: 'WARN',
      reason: `DynamoDB does not carry out a statement (${Code}: ${Message}), so writes take more calls than they should`,
      statement: text,
    }),
  )
}

/** Reads items, consistently. What DynamoDB leaves unread is not done. */
const readKeys = async (store: Store, keys: Key[]): Promise<Outcome[]> => {
  const { items, unread } = await requestItems(store, keys)
  const found = new Map(items.map((item) => [formatKey(item), item]))
  const left = new Set(unread.map(formatKey))
  return keys.map((key) => {
    const name = formatKey(key)
    return left.has(name) ? notDone : { isDone: true, item: found.get(name) }
  })
}
