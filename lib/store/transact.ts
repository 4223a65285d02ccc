import {
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { Store } from './store.ts'

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/**
 * Sends writes that take effect together or not at all. The SDK may send the request again if no response
 * arrives: the token makes DynamoDB count such a repetition as the same transaction.
 * @throws ConditionFailed, Contention
 */
export const transact = async (store: Store, writes: Write[]): Promise<void> => {
  await store.client.send(
    new TransactWriteCommand({ TransactItems: writes, ClientRequestToken: store.makeToken() }),
    { abortSignal: store.signal },
  )
}

/** Sends one write alone, at half the price, and several as a transaction. */
export const sendWrites = async (store: Store, writes: Write[]): Promise<void> => {
  const { client, signal: abortSignal } = store
  const [write] = writes
  if (writes.length > 1) await transact(store, writes)
  else if (write?.Put) await client.send(new PutCommand(write.Put), { abortSignal })
  else if (write?.Update) await client.send(new UpdateCommand(write.Update), { abortSignal })
}
