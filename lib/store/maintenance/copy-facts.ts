import pMap from 'p-map'
import { isKnown, refuseOtherType } from '../facts/compare-fact.ts'
import type { Fact } from '../facts/fact.ts'
import { recordFacts } from '../facts/record-event.ts'
import { readItems } from '../read-items.ts'
import type { Store } from '../store.ts'

const concurrency = 16

/**
 * Finds the facts that would change a table, because it has neither these facts nor others that win over them.
 * @throws EventRefused if a room is stored with the other type
 */
export const findUnknownFacts = async (store: Store, facts: Fact[]): Promise<Fact[]> => {
  const keys = facts.map(({ key }) => key)
  const stored = await readItems(store, keys)
  return facts.filter((fact, index) => {
    refuseOtherType(fact, stored[index])
    return !isKnown(fact, stored[index])
  })
}

/**
 * Records the facts that a table does not have. They are compared first, because a comparison costs less
 * than a write that changes nothing. The condition of the write still decides.
 * @returns how many were recorded
 * @throws EventRefused if a room is stored with the other type
 */
export const copyFacts = async (store: Store, facts: Fact[]): Promise<number> => {
  const unknown = await findUnknownFacts(store, facts)
  const isType = ({ group }: Fact) => group === 'type'
  const record = async (fact: Fact) => (await recordFacts(store, [fact])).isNew
  // A room's type comes first: nothing else is copied if the room has got the other one meanwhile.
  const types = await pMap(unknown.filter(isType), record, { concurrency })
  const others = await pMap(
    unknown.filter((fact) => !isType(fact)),
    record,
    { concurrency },
  )
  return [...types, ...others].filter(Boolean).length
}
