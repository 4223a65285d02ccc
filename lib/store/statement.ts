import type { Item } from './item.ts'
import type { Key } from './keys.ts'

/** A conditional write of one item in PartiQL. It must be safe to carry out twice. */
export interface Statement {
  key: Key
  /** With a `?` for each parameter: values never stand in the text. */
  text: string
  parameters: unknown[]
}

/** What became of a statement. */
export interface Outcome {
  isDone: boolean
  /** The item that the statement returned. If its condition failed, the stored item. */
  item: Item | undefined
}

/** A part of a statement, with the values of its `?` in their order. */
export type Part = Pick<Statement, 'text' | 'parameters'>

/** Makes a statement that creates an item. It fails if the item exists. */
export const makeInsert = (tableName: string, key: Key, item: Item): Statement => {
  const attributes = Object.entries({ ...key, ...item })
  return {
    key,
    text: `INSERT INTO "${tableName}" VALUE {${attributes.map(([name]) => `'${name}': ?`).join(', ')}}`,
    parameters: attributes.map(([, value]): unknown => value),
  }
}

/** What a statement does to an item that exists. */
interface Change {
  set: Part
  condition?: Part
  /** Such as `ALL OLD *`. */
  returning?: string
}

/** Makes a statement that changes an item. It fails if the item does not exist, or if the condition does not hold. */
export const makeChange = (
  tableName: string,
  key: Key,
  { set, condition, returning }: Change,
): Statement => ({
  key,
  text: [
    `UPDATE "${tableName}" ${set.text} WHERE "pk" = ? AND "sk" = ?`,
    ...(condition ? [`AND ${condition.text}`] : []),
    ...(returning === undefined ? [] : [`RETURNING ${returning}`]),
  ].join(' '),
  parameters: [...set.parameters, key.pk, key.sk, ...(condition?.parameters ?? [])],
})

/** Sets attributes to values. */
export const setValues = (values: (readonly [name: string, value: unknown])[]): Part => ({
  text: `SET ${values.map(([name]) => `"${name}" = ?`).join(', ')}`,
  parameters: values.map(([, value]) => value),
})
