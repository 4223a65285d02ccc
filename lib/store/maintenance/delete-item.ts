import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { ConditionFailed } from '../errors.ts'
import type { Key } from '../keys.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../store.ts'

/**
 * Deletes an item, which may be gone already, and retries contention.
 * @returns false if the condition does not hold
 */
export const deleteItem = (store: Store, key: Key, condition?: string): Promise<boolean> =>
  retryContention(store, async () => {
    try {
      await store.client.send(
        new DeleteCommand({
          TableName: store.tableName,
          Key: key,
          ...(condition !== undefined && { ConditionExpression: condition }),
        }),
        { abortSignal: store.signal },
      )
      return true
    } catch (error) {
      if (error instanceof ConditionFailed) return false
      throw error
    }
  })
