import pMap from 'p-map'
import { isKnown } from '../facts/compare-fact.ts'
import type { Fact } from '../facts/facts-of-event.ts'
import { recordFact } from '../facts/record-event.ts'
import { formatKey, readItems } from '../read-items.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../table.ts'

const concurrency = 16

/** Finds the facts that a table does not have, where it has none that wins over them either. */
export const findUnknownFacts = async (store: Store, facts: Fact[]): Promise<Fact[]> => {
  const keys = new Map(facts.map(({ key }) => [formatKey(key), key]))
  const stored = await retryContention(store, () => readItems(store, [...keys.values()]))
  return facts.filter((fact) => !isKnown(fact, stored.get(formatKey(fact.key))))
}

/**
 * Records the facts that a table does not have. They are compared first, because a comparison costs less
 * than a write that changes nothing. The condition of the write still decides.
 * @returns how many were recorded
 */
export const copyFacts = async (store: Store, facts: Fact[]): Promise<number> => {
  const unknown = await findUnknownFacts(store, facts)
  const recorded = await pMap(unknown, (fact) => recordFact(store, fact), { concurrency })
  return recorded.filter(Boolean).length
}
