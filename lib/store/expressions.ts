import { maxJoinings } from '../domain/facts.ts'
import type { Fact, JoiningFact, NewestFact, OldestFact } from './facts-of-event.ts'
import type { Key } from './keys.ts'

/** The update that records a fact. Its condition fails where the fact, or a better one, is known. */
export const updateOf = (fact: Fact) => {
  switch (fact.rule) {
    case 'newest':
      return newestWins(fact)
    case 'oldest':
      return oldestWins(fact)
    case 'joining':
      return addJoining(fact)
  }
}

/**
 * The update that records one independently timed group of attributes: it happens where the
 * group is not known yet, or where it is greater, compared attribute by attribute in the order
 * given, the time first. So the newest wins, ties go to the greater value, and repeats and late
 * arrivals fail the condition, which says 'known already'.
 *
 * The text of a deleted comment is not stored, in whatever order its events come: the deletion
 * removes it and sets `removed_text` to '', which takes the place of a text that comes later.
 */
const newestWins = ({ key, group, remove = [], text, deletes }: NewestFact) => {
  const names = Object.keys(group)
  const set = names.map((name) =>
    name === text ? `#${name} = if_not_exists(removed_text, :${name})` : `#${name} = :${name}`,
  )
  if (deletes) set.push('removed_text = :no_text')
  const removed = remove.map((name) => `#${name}`).join(', ')
  return {
    Key: key,
    UpdateExpression: `SET ${set.join(', ')}${removed && ` REMOVE ${removed}`}`,
    ConditionExpression: `attribute_not_exists(#${names[0]}) OR ${isLess(names)}`,
    ExpressionAttributeNames: Object.fromEntries(
      [...names, ...remove].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(group).map(([name, value]) => [`:${name}`, value])),
      ...(deletes && { ':no_text': '' }),
    },
  }
}

/** The stored tuple is less than the given one, attribute by attribute. */
const isLess = ([name, ...rest]: string[]): string =>
  rest.length === 0
    ? `#${name} < :${name}`
    : `#${name} < :${name} OR (#${name} = :${name} AND (${isLess(rest)}))`

const oldestWins = ({ key, name, value }: OldestFact) => ({
  Key: key,
  UpdateExpression: 'SET #name = :value',
  ConditionExpression: 'attribute_not_exists(#name) OR #name > :value',
  ExpressionAttributeNames: { '#name': name },
  ExpressionAttributeValues: { ':value': value },
})

const addJoining = ({ key, joinedAt }: JoiningFact) => ({
  Key: key,
  UpdateExpression: 'ADD joinings :joinings',
  ConditionExpression:
    'attribute_not_exists(joinings) OR (size(joinings) < :max AND NOT contains(joinings, :joined_at))',
  ExpressionAttributeValues: {
    ':joinings': new Set([joinedAt]),
    ':max': maxJoinings,
    ':joined_at': joinedAt,
  },
})

/** The update that adds to a listing's total; the total is made, and sorts, when it is first needed. */
export const addToTotal = (key: Key, activity: string, change: 1 | -1) => ({
  Key: key,
  UpdateExpression: 'SET activity = :activity ADD #total :change',
  ExpressionAttributeNames: { '#total': 'total' },
  ExpressionAttributeValues: { ':activity': activity, ':change': change },
})
