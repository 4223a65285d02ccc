import { EventRefused } from '../../domain/errors.ts'
import { groupOf } from '../../domain/fact-groups.ts'
import { type Item, readNumber, readText, readTexts } from '../item.ts'
import { parseRoomId } from '../keys.ts'
import { addJoins } from './apply-fact.ts'
import { describeGroup, type Fact } from './fact.ts'
import { parseRoom } from './items.ts'

/** @throws EventRefused if the fact is a room's type, and the room is stored with the other one */
export const refuseOtherType = (fact: Fact, item: Item = {}): void => {
  if (fact.group !== 'type') return
  const roomId = parseRoomId(fact.key)
  const { type: known } = parseRoom(roomId, item)
  if (known !== undefined && known !== fact.values.type)
    throw new EventRefused(
      `room ${roomId} is known as a ${known} room: the type of a room never changes`,
    )
}

/** Whether recording a fact would change nothing: the item has this fact already, or one that wins over it. */
export const isKnown = (fact: Fact, item: Item = {}): boolean => {
  if (fact.group === 'joins') return hasJoins(fact.values.joinings, item)
  const comparison = compareGroup(fact, item)
  switch (groupOf(fact.kind, fact.group).rule) {
    case 'first':
      return comparison !== 'not stored'
    case 'oldest':
      return comparison === 'older' || comparison === 'same'
    default:
      return comparison === 'newer' || comparison === 'same'
  }
}

/** A join before the last leave, or one that would not be kept, is not missing. */
const hasJoins = (joins: string[], item: Item): boolean => {
  const known = readTexts(item, 'joinings')
  const kept = addJoins(item, joins)
  return joins.every((join) => known?.has(join) === true || !kept.has(join))
}

/**
 * Compares a stored group of attributes with a fact, attribute by attribute, as the condition of the write does.
 * If an attribute after the first one is missing, such as the author of an erased comment, that condition does not
 * hold, unless the attribute is optional.
 */
const compareGroup = (fact: Fact, item: Item): 'not stored' | 'older' | 'same' | 'newer' => {
  const { entries, text, optional } = describeGroup(fact)
  const isDeletedComment = item['removed_text'] !== undefined
  for (const [index, [name, value]] of entries.entries()) {
    if (name === text && isDeletedComment) continue
    const stored = typeof value === 'number' ? readNumber(item, name) : readText(item, name)
    if (stored === undefined) {
      if (index === 0) return 'not stored'
      return name === optional ? 'older' : 'newer'
    }
    const order = compare(stored, value)
    if (order !== 0) return order < 0 ? 'older' : 'newer'
  }
  return 'same'
}

/** DynamoDB compares strings by their UTF-8 bytes. */
const compare = (a: string | number, b: string | number): number =>
  typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : a - Number(b)
