import { keepJoinings } from '../../domain/room-state.ts'
import { type Item, readText, readTexts } from '../item.ts'
import type { Fact } from './facts-of-event.ts'

/**
 * Returns an item as it is once a fact is recorded that it does not have: what the update of
 * update-of-fact.ts does to the stored item.
 */
export const applyFact = (item: Item, fact: Fact): Item => {
  switch (fact.rule) {
    case 'first':
      return { ...item, type: fact.type }
    case 'oldest':
      return { ...item, created_at: fact.createdAt }
    case 'joining':
      return { ...item, joinings: addJoining(item, fact.joinedAt) }
    case 'newest': {
      const { group, remove = [], text } = fact
      const removed: readonly string[] = remove
      const kept = Object.entries(item).filter(([name]) => !removed.includes(name))
      const isTextRemoved = text !== undefined && item['removed_text'] !== undefined
      return {
        ...Object.fromEntries(kept),
        ...group,
        ...(isTextRemoved && { [text]: item['removed_text'] as unknown }),
      }
    }
  }
}

/** The joinings of a participant with one more. */
export const addJoining = (item: Item, joinedAt: string): Set<string> =>
  new Set(
    keepJoinings([...(readTexts(item, 'joinings') ?? []), joinedAt], readText(item, 'left_at')),
  )
