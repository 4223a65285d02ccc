import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Store } from './table.ts'

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
