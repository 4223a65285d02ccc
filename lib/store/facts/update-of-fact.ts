import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import { maxJoinings } from '../../domain/room-state.ts'
import {
  allOf,
  areJoiningsRead,
  isNewestGroup,
  isNewestGroupWithText,
  isNewJoining,
  isNotCreated,
  isOldestValue,
} from '../conditions.ts'
import { type Item, readTexts } from '../item.ts'
import { addJoining } from './apply-fact.ts'
import type { CreationFact, Fact, JoiningFact, TypeFact } from './facts-of-event.ts'

export type Update = Omit<UpdateCommandInput, 'TableName'>

/** Facts of one item, which set different attributes. */
export type Facts = [Fact, ...Fact[]]

/** What an update says of one fact. */
interface Change {
  set?: string[]
  remove?: string[]
  add?: string[]
  condition: string
  /** The attributes that have a placeholder: `#name` for `name`. */
  names?: string[]
  values: Record<string, unknown>
}

/**
 * Makes the update that records facts of one item, all or none. Its condition fails if one of them, or a
 * fact that wins over it, is stored already; the error then has the stored item. The result of the update has the
 * item as it was before.
 * @param facts they set different attributes
 * @param stored the item, if it was read
 */
export const makeUpdate = (facts: Facts, stored: Item = {}): Update => {
  const changes = facts.map((fact) => makeChange(fact, stored))
  const names = changes.flatMap((change) => change.names ?? [])
  const conditions = changes.map(({ condition }) => condition)
  const clauses = {
    SET: changes.flatMap(({ set = [] }) => set),
    REMOVE: changes.flatMap(({ remove = [] }) => remove),
    ADD: changes.flatMap(({ add = [] }) => add),
  }
  return {
    Key: facts[0].key,
    UpdateExpression: Object.entries(clauses)
      .flatMap(([clause, actions]) => (actions.length ? `${clause} ${actions.join(', ')}` : []))
      .join(' '),
    ConditionExpression: allOf(...conditions.map((condition) => `(${condition})`)),
    ...(names.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    }),
    ExpressionAttributeValues: Object.fromEntries(
      changes.flatMap(({ values }) => Object.entries(values)),
    ),
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

const makeChange = (fact: Fact, stored: Item): Change => {
  switch (fact.rule) {
    case 'newest':
      return setIfNewest(fact)
    case 'first':
      return setIfFirst(fact)
    case 'oldest':
      return setIfOldest(fact)
    case 'joining':
      return setJoining(fact, stored)
  }
}

/**
 * The group with the newest time is kept; of two groups with the same time, the one with greater values.
 *
 * The text of a deleted comment is not stored, in any order of the comment's events: the deletion removes
 * the text and sets `removed_text` to an empty string, which is stored in place of a text that arrives
 * later.
 */
const setIfNewest = (fact: Extract<Fact, { rule: 'newest' }>): Change => {
  const { group, text } = fact
  const remove: string[] = fact.remove ?? []
  const names = Object.keys(group)
  return {
    set: names.map((name) =>
      name === text ? `#${name} = if_not_exists(removed_text, :${name})` : `#${name} = :${name}`,
    ),
    remove: remove.map((name) => `#${name}`),
    condition: text === undefined ? isNewestGroup(names) : isNewestGroupWithText(names, text),
    names: [...names, ...remove],
    values: Object.fromEntries(Object.entries(group).map(([name, value]) => [`:${name}`, value])),
  }
}

const setIfFirst = ({ type }: TypeFact): Change => ({
  set: ['#type = :type'],
  condition: isNotCreated,
  names: ['type'],
  values: { ':type': type },
})

const setIfOldest = ({ createdAt }: CreationFact): Change => ({
  set: ['#created_at = :created_at'],
  condition: isOldestValue('created_at'),
  names: ['created_at'],
  values: { ':created_at': createdAt },
})

/**
 * The joining is added to those that are stored, which needs no reading. Only once the set is full, one of
 * them has to make room, so the update needs to know them.
 */
const setJoining = ({ joinedAt }: JoiningFact, stored: Item): Change => {
  const known = readTexts(stored, 'joinings')
  const values = { ':joined_at': joinedAt }
  return known === undefined || known.size < maxJoinings
    ? {
        add: ['joinings :joinings'],
        condition: isNewJoining,
        values: { ...values, ':joinings': new Set([joinedAt]), ':most': maxJoinings },
      }
    : {
        set: ['joinings = :joinings'],
        condition: areJoiningsRead,
        values: { ...values, ':joinings': addJoining(stored, joinedAt), ':joinings_read': known },
      }
}
