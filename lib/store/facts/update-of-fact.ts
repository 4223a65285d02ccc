import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import { maxJoinings } from '../../domain/room-state.ts'
import { isNewestGroup, isNewestGroupWithText, isNewJoining, isOldestValue } from '../conditions.ts'
import type { CreationFact, Fact, JoiningFact } from './facts-of-event.ts'

export type Update = Omit<UpdateCommandInput, 'TableName'>

/**
 * Makes the update that records a fact. Its condition fails if the fact, or one that wins over it, is
 * stored already.
 */
export const makeUpdate = (fact: Fact): Update => {
  switch (fact.rule) {
    case 'newest':
      return updateIfNewest(fact)
    case 'oldest':
      return updateIfOldest(fact)
    case 'joining':
      return addJoining(fact)
  }
}

/**
 * The group with the newest time is kept; of two groups with the same time, the one with greater values.
 *
 * The text of a deleted comment is not stored, in any order of the comment's events: the deletion removes
 * the text and sets `removed_text` to an empty string, which is stored in place of a text that arrives
 * later.
 */
const updateIfNewest = (fact: Extract<Fact, { rule: 'newest' }>): Update => {
  const { key, group, text } = fact
  const remove: string[] = fact.remove ?? []
  const names = Object.keys(group)
  const set = names.map((name) =>
    name === text ? `#${name} = if_not_exists(removed_text, :${name})` : `#${name} = :${name}`,
  )
  const removed = remove.map((name) => `#${name}`).join(', ')
  return {
    Key: key,
    UpdateExpression: `SET ${set.join(', ')}${removed && ` REMOVE ${removed}`}`,
    ConditionExpression:
      text === undefined ? isNewestGroup(names) : isNewestGroupWithText(names, text),
    ExpressionAttributeNames: Object.fromEntries(
      [...names, ...remove].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(group).map(([name, value]) => [`:${name}`, value]),
    ),
  }
}

const updateIfOldest = ({ key, createdAt }: CreationFact): Update => ({
  Key: key,
  UpdateExpression: 'SET #created_at = :created_at',
  ConditionExpression: isOldestValue('created_at'),
  ExpressionAttributeNames: { '#created_at': 'created_at' },
  ExpressionAttributeValues: { ':created_at': createdAt },
})

const addJoining = ({ key, joinedAt }: JoiningFact): Update => ({
  Key: key,
  UpdateExpression: 'ADD joinings :joinings',
  ConditionExpression: isNewJoining,
  ExpressionAttributeValues: {
    ':joinings': new Set([joinedAt]),
    ':most': maxJoinings,
    ':joined_at': joinedAt,
  },
})
