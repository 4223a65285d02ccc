import type { Item } from './item.ts'
import type { Key } from './keys.ts'

/**
 * Reads and writes of single items that are sent with others of the same moment: see `gatherCalls` in
 * send-together.ts. A write must be safe to carry out twice. If something is not done, the caller decides, with a call
 * of its own unless it knows the stored item.
 */
export interface Together {
  /** Reads an item consistently. */
  read: (key: Key) => Promise<Outcome>
  /** Creates an item. It is not done if the item exists. */
  insert: (key: Key, item: Item) => Promise<Outcome>
  /** Changes an item. It is not done if the item does not exist, or if the condition does not hold. */
  change: (key: Key, change: Change) => Promise<Outcome>
}

/** What became of a read or a write. */
export interface Outcome {
  isDone: boolean
  /** The item that was read, or that the change returned. If its condition failed, the stored item. */
  item: Item | undefined
}

/** A change of one item, in PartiQL. */
export interface Change {
  set: Part
  condition?: Part
  returning?: 'ALL OLD *' | 'ALL NEW *'
}

/** A part of a statement. It has a `?` for each parameter: values never stand in the text. */
export interface Part {
  text: string
  parameters: unknown[]
}

/** Sets attributes to values. */
export const setValues = (values: (readonly [name: string, value: unknown])[]): Part => ({
  text: `SET ${values.map(([name]) => `"${name}" = ?`).join(', ')}`,
  parameters: values.map(([, value]) => value),
})
