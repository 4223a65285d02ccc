import type { Item } from '../item.ts'
import { type Key, formatKey } from '../keys.ts'
import { applyFact } from './apply-fact.ts'
import { isKnown } from './compare-fact.ts'
import type { Fact } from './fact.ts'

/** Items that facts are stored in, by their `formatKey`. */
export type Items = Map<string, Item & Key>

/** Records facts in items that are in memory, as recordFacts in record-event.ts does in the table. */
export const foldFacts = (items: Items, facts: Fact[]): void => {
  for (const fact of facts) {
    const name = formatKey(fact.key)
    const item = items.get(name) ?? { ...fact.key }
    if (!isKnown(fact, item)) items.set(name, { ...applyFact(item, fact), ...fact.key })
  }
}
