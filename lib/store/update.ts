import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import { ConditionFailed } from './errors.ts'
import type { Item } from './item.ts'
import { retryContention } from './retry.ts'
import type { Store } from './store.ts'

export type Update = Omit<UpdateCommandInput, 'TableName'>

/**
 * Sends one update, and retries contention.
 * @returns what the update returns of the item, or the error if the condition failed
 */
export const update = (store: Store, input: Update): Promise<Item | ConditionFailed> =>
  retryContention(store, async () => {
    try {
      const { Attributes = {} } = await store.client.send(
        new UpdateCommand({ TableName: store.tableName, ...input }),
        { abortSignal: store.signal },
      )
      return Attributes
    } catch (error) {
      if (error instanceof ConditionFailed) return error
      throw error
    }
  })
