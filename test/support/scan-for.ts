import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb'
import { store } from '../../lib/deps.ts'
import type { Item } from './put-items.ts'

/** Reads the whole table. */
export const scanTable = async (): Promise<Item[]> => {
  const items: Item[] = []
  let from: Item | undefined
  do {
    const { Items = [], LastEvaluatedKey }: ScanCommandOutput = await store.client.send(
      new ScanCommand({
        TableName: store.tableName,
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      }),
    )
    items.push(...Items)
    from = LastEvaluatedKey
  } while (from !== undefined)
  return items
}

/** @returns the items that have one of the texts in a key or a value, in upper or lower case */
export const scanFor = async (texts: string[]): Promise<Item[]> =>
  (await scanTable()).filter((item) => {
    const content = JSON.stringify(item, expandSet).toLowerCase()
    return texts.some((text) => content.includes(text.toLowerCase()))
  })

const expandSet = (_: string, value: unknown): unknown =>
  value instanceof Set ? [...value] : value
