import { EventRefused } from '../../domain/errors.ts'
import { type Item, readNumber, readText, readTexts } from '../item.ts'
import { parseRoomId } from '../keys.ts'
import { addJoining } from './apply-fact.ts'
import type { Fact, JoiningFact } from './facts-of-event.ts'
import { parseRoom } from './items.ts'

/** @throws EventRefused if the fact is a room's type, and the room is stored with the other one */
export const refuseOtherType = (fact: Fact, item: Item = {}): void => {
  if (fact.rule !== 'first') return
  const roomId = parseRoomId(fact.key)
  const { type: known } = parseRoom(roomId, item)
  if (known !== undefined && known !== fact.type)
    throw new EventRefused(
      `room ${roomId} is known as a ${known} room: the type of a room never changes`,
    )
}

/** Whether an item already has a fact, or one that wins over it, so that recording the fact would change nothing. */
export const isKnown = (fact: Fact, item: Item = {}): boolean => {
  switch (fact.rule) {
    case 'first':
      return readText(item, 'type') !== undefined
    case 'oldest': {
      const stored = readText(item, 'created_at')
      return stored !== undefined && stored <= fact.createdAt
    }
    case 'joining':
      return hasJoining(fact, item)
    case 'newest':
      return compareGroup(fact, item) === 'known'
  }
}

/** A joining that a leave has ended, or that would not be kept, is not missing. */
const hasJoining = ({ joinedAt }: JoiningFact, item: Item): boolean =>
  readTexts(item, 'joinings')?.has(joinedAt) === true || !addJoining(item, joinedAt).has(joinedAt)

/**
 * Compares a stored group of attributes with a fact, attribute by attribute, as the condition of the write
 * does. It holds for no attribute that is missing behind the first one, such as the author of an erased comment.
 */
const compareGroup = (
  { group, text }: Extract<Fact, { rule: 'newest' }>,
  item: Item,
): 'not stored' | 'older' | 'known' => {
  const isDeletedComment = item['removed_text'] !== undefined
  for (const [index, [name, value]] of Object.entries(group).entries()) {
    if (name === text && isDeletedComment) continue
    const stored = typeof value === 'number' ? readNumber(item, name) : readText(item, name)
    if (stored === undefined) return index === 0 ? 'not stored' : 'known'
    const order = compare(stored, value)
    if (order !== 0) return order < 0 ? 'older' : 'known'
  }
  return 'known'
}

/** DynamoDB compares strings by their UTF-8 bytes. */
const compare = (a: string | number, b: string | number): number =>
  typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : a - Number(b)
