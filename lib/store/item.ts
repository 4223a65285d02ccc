import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb'
import { Unreadable } from '../domain/errors.ts'

/** An item as the document client returns it. It is parsed before any other code uses it. */
export type Item = Record<string, NativeAttributeValue>

/** @throws Unreadable if the attribute is stored and not a string */
export const readText = (item: Item, name: string): string | undefined => {
  const value: unknown = item[name]
  if (value === undefined || typeof value === 'string') return value
  throw new Unreadable(
    `the attribute ${name} of a stored item is not a string: correct it in the table`,
  )
}

/** @throws Unreadable if the attribute is stored and not a number */
export const readNumber = (item: Item, name: string): number | undefined => {
  const value: unknown = item[name]
  if (value === undefined || typeof value === 'number') return value
  throw new Unreadable(
    `the attribute ${name} of a stored item is not a number: correct it in the table`,
  )
}
