import {
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/lib-dynamodb'
import type { Item } from './item.ts'
import type { Key } from './keys.ts'
import { retryContention } from './retry.ts'
import type { Store } from './store.ts'

type Without<Input> = Omit<Input, 'TableName' | 'ExclusiveStartKey'>
type PageOf<Output> = Output & { Items: (Item & Key)[] }

/** Reads what a Query finds, page by page, each when it is asked for. Contention is retried. */
export const queryPages = (
  store: Store,
  input: Without<QueryCommandInput>,
): AsyncGenerator<PageOf<QueryCommandOutput>> =>
  readPages(store, (start, options) =>
    store.client.send(new QueryCommand({ ...input, ...start }), options),
  )

/** Reads what a Scan finds, as {@link queryPages} does. */
export const scanPages = (
  store: Store,
  input: Without<ScanCommandInput>,
): AsyncGenerator<PageOf<ScanCommandOutput>> =>
  readPages(store, (start, options) =>
    store.client.send(new ScanCommand({ ...input, ...start }), options),
  )

type Start = Pick<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>

async function* readPages<Output extends Pick<QueryCommandOutput, 'Items' | 'LastEvaluatedKey'>>(
  store: Store,
  read: (start: Start, options: { abortSignal: AbortSignal }) => Promise<Output>,
): AsyncGenerator<PageOf<Output>> {
  let from: Item | undefined
  do {
    const start = { TableName: store.tableName, ...(from && { ExclusiveStartKey: from }) }
    const page = await retryContention(store, () => read(start, { abortSignal: store.signal }))
    yield { ...page, Items: (page.Items ?? []) as (Item & Key)[] }
    from = page.LastEvaluatedKey
  } while (from !== undefined)
}
