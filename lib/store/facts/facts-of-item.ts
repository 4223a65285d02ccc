import { groupOf, groups, type Kind } from '../../domain/fact-groups.ts'
import type { Item } from '../item.ts'
import { isComment, isParticipant, isProfile, isRoom, type Key } from '../keys.ts'
import { type Fact, makeFact } from './fact.ts'
import { readKnown } from './items.ts'

/**
 * Translates a stored item back into its facts. An item that holds none, such as a row, has none.
 * @throws Unreadable if an attribute has another type than the facts
 */
export const listFactsOfItem = (item: Item & Key): Fact[] => {
  const kind = findKind(item)
  if (kind === undefined) return []
  const { pk, sk } = item
  const known = readKnown(kind, item)
  return Object.keys(groups[kind]).flatMap((group) =>
    listFactsOfGroup(kind, group, { pk, sk }, known),
  )
}

const findKind = (key: Key): Kind | undefined => {
  if (isRoom(key)) return 'room'
  if (isParticipant(key)) return 'participant'
  if (isComment(key)) return 'comment'
  return isProfile(key) ? 'profile' : undefined
}

/** A group is stored if its first attribute is. The text of a deleted comment is not stored: it is empty. */
const listFactsOfGroup = (
  kind: Kind,
  group: string,
  key: Key,
  known: Record<string, unknown>,
): Fact[] => {
  const { attributes, text } = groupOf(kind, group)
  if (group === 'joins') {
    const joins = (known['joinings'] ?? []) as string[]
    return joins.map((join) => makeFact('participant', group, key, { joinings: [join] }))
  }
  const names = Object.keys(attributes)
  if (known[names[0]!] === undefined) return []
  const values: unknown = Object.fromEntries(
    names.map((name) => [name, known[name] ?? (name === text ? '' : undefined)]),
  )
  // The groups of the kind declare these names and types, and readKnown checks them.
  return [{ kind, group, key, values } as Fact]
}
