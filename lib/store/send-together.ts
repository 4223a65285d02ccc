import { BatchExecuteStatementCommand } from '@aws-sdk/client-dynamodb'
import { convertToAttr, unmarshall } from '@aws-sdk/util-dynamodb'
import { InboxError } from '../domain/errors.ts'
import { Contention } from './errors.ts'
import type { Item } from './item.ts'
import { formatKey, type Key } from './keys.ts'
import type { Store } from './store.ts'
import type { Change, Outcome, Part, Together } from './together.ts'

/** The maximum of BatchExecuteStatement. */
const mostStatements = 25

/** A statement that waits for the others of its moment. */
interface Waiting {
  key: Key
  statement: Part
  settle: (outcome: Outcome) => void
  fail: (error: unknown) => void
}

/**
 * Makes a store that sends single writes of the same moment in one call of 25 at most. A write in such a call takes a
 * fraction of the CPU time of a call of its own, and costs the same write units.
 *
 * AWS documents that each statement takes effect or fails on its own, that a response of HTTP 200 can hold failed
 * statements, the codes of their errors, and that an UPDATE does not create an item. That one call may not write an
 * item twice, that a statement may have any condition, and what RETURNING returns, was only seen. So the caller makes
 * every write that is not done in a call of its own, whatever the reason: a surprise costs calls, and no write is lost.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 */
export const gatherWrites = (store: Store): Store => {
  let waiting: Waiting[] = []
  const send = (key: Key, statement: Part): Promise<Outcome> =>
    new Promise((settle, fail) => {
      if (waiting.length === 0)
        setImmediate(() => {
          const batches = split(waiting)
          waiting = []
          for (const batch of batches) void sendBatch(store, batch)
        })
      waiting.push({ key, statement, settle, fail })
    })
  const together: Together = {
    insert: (key, item) => send(key, makeInsert(store, { ...key, ...item })),
    change: (key, change) => send(key, makeChange(store, key, change)),
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

/** Splits statements into batches that do not write an item twice. */
const split = (all: Waiting[]): Waiting[][] => {
  const batches: Map<string, Waiting>[] = []
  for (const each of all) {
    const name = formatKey(each.key)
    const batch = batches.find((known) => known.size < mostStatements && !known.has(name))
    if (batch === undefined) batches.push(new Map([[name, each]]))
    else batch.set(name, each)
  }
  return batches.map((batch) => [...batch.values()])
}

const sendBatch = async (store: Store, batch: Waiting[]): Promise<void> => {
  const settleAll = (outcomes: Outcome[]) => {
    for (const [index, { settle }] of batch.entries()) settle(outcomes[index] ?? notDone)
  }
  try {
    // A statement alone saves nothing.
    settleAll(batch.length === 1 ? [] : await execute(store, batch))
  } catch (error) {
    // If DynamoDB cannot be reached, calls of their own would only take longer to fail.
    const isUnreachable = error instanceof InboxError && !(error instanceof Contention)
    if (isUnreachable) for (const { fail } of batch) fail(error)
    else settleAll([])
  }
}

const execute = async (store: Store, batch: Waiting[]): Promise<Outcome[]> => {
  const { Responses = [] } = await store.client.send(
    new BatchExecuteStatementCommand({
      Statements: batch.map(({ statement: { text, parameters } }) => ({
        Statement: text,
        Parameters: parameters.map((value) => convertToAttr(value)),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })),
    }),
    { abortSignal: store.signal },
  )
  return Responses.map(({ Error: error, Item: item }) =>
    error
      ? { isDone: false, item: error.Item && unmarshall(error.Item) }
      : { isDone: true, item: item && unmarshall(item) },
  )
}

const notDone: Outcome = { isDone: false, item: undefined }
