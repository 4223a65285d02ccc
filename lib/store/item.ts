import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb'

/** An item of the table as the client gives it. It is parsed before anything else sees it. */
export type Item = Record<string, NativeAttributeValue>

/** @throws Error where the attribute is there and no string */
export const readText = (item: Item, name: string): string | undefined => {
  const value: unknown = item[name]
  if (value === undefined || typeof value === 'string') return value
  throw new Error(`the attribute ${name} of a stored item is no string: correct it in the table`)
}

/** @throws Error where the attribute is there and no number */
export const readNumber = (item: Item, name: string): number | undefined => {
  const value: unknown = item[name]
  if (value === undefined || typeof value === 'number') return value
  throw new Error(`the attribute ${name} of a stored item is no number: correct it in the table`)
}
