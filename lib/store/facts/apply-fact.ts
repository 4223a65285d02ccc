import { keepJoins } from '../../domain/room-state.ts'
import { type Item, readText, readTexts } from '../item.ts'
import { describeGroup, type Fact } from './fact.ts'

/**
 * Returns an item with a new fact. It does to the item what the update of update-of-fact.ts does to the stored
 * one.
 */
export const applyFact = (item: Item, fact: Fact): Item => {
  if (fact.group === 'joins') return { ...item, joinings: addJoins(item, fact.values.joinings) }
  const { entries, remove, text } = describeGroup(fact)
  const kept = Object.entries(item).filter(([name]) => !remove.includes(name))
  const isTextRemoved = text !== undefined && item['removed_text'] !== undefined
  return {
    ...Object.fromEntries([...kept, ...entries]),
    ...(isTextRemoved && { [text]: item['removed_text'] as unknown }),
  }
}

/** Adds joins to those of a participant, within the limit of `keepJoins`. */
export const addJoins = (item: Item, joins: string[]): Set<string> =>
  new Set(keepJoins([...(readTexts(item, 'joinings') ?? []), ...joins], readText(item, 'left_at')))
