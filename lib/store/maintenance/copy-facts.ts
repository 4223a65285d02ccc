import pMap from 'p-map'
import { selectUnknownFacts } from '../facts/compare-fact.ts'
import type { Fact } from '../facts/facts-of-event.ts'
import { recordFacts } from '../facts/record-event.ts'
import { formatKey, readItems } from '../read-items.ts'
import { retryContention } from '../retry.ts'
import type { Store } from '../table.ts'

const concurrency = 16

/**
 * Finds the facts that a table does not have, where it has none that wins over them either.
 * @throws EventRefused if a room is stored with the other type
 */
export const findUnknownFacts = async (store: Store, facts: Fact[]): Promise<Fact[]> => {
  const keys = new Map(facts.map(({ key }) => [formatKey(key), key]))
  const stored = await retryContention(store, () => readItems(store, [...keys.values()]))
  return facts.flatMap((fact) => selectUnknownFacts([fact], stored.get(formatKey(fact.key))))
}

/**
 * Records the facts that a table does not have. They are compared first, because a comparison costs less
 * than a write that changes nothing. The condition of the write still decides.
 * @returns how many were recorded
 * @throws EventRefused if a room is stored with the other type
 */
export const copyFacts = async (store: Store, facts: Fact[]): Promise<number> => {
  const unknown = await findUnknownFacts(store, facts)
  const recorded = await pMap(unknown, (fact) => recordFacts(store, [fact]), { concurrency })
  return recorded.filter(Boolean).length
}
