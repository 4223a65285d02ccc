import type { Rule } from '../../domain/fact-groups.ts'
import type { Update } from '../update.ts'
import { maxJoins } from '../../domain/room-state.ts'
import {
  allOf,
  areJoinsUnchanged,
  isNewestGroup,
  isNewestGroupWithText,
  isNewJoin,
  isNotStored,
  isOldestValue,
} from '../conditions.ts'
import { type Item, readTexts } from '../item.ts'
import { addJoins } from './apply-fact.ts'
import { describeGroup, type Fact, type Facts } from './fact.ts'

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

/**
 * The text of a deleted comment is not stored, whatever the order of its events: the deletion removes the text and
 * sets `removed_text` to an empty string, and a text that arrives later is replaced by that string.
 */
const makeChange = (fact: Fact, stored: Item): Change => {
  if (fact.group === 'joins') return addToJoins(fact.values.joinings, stored)
  const { rule, entries, remove, text, optional } = describeGroup(fact)
  const names = entries.map(([name]) => name)
  return {
    set: names.map((name) =>
      name === text ? `#${name} = if_not_exists(removed_text, :${name})` : `#${name} = :${name}`,
    ),
    remove: remove.map((name) => `#${name}`),
    condition: makeCondition(rule, names, { text, optional }),
    names: [...names, ...remove],
    values: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
  }
}

const makeCondition = (
  rule: Rule,
  names: string[],
  { text, optional }: { text: string | undefined; optional: string | undefined },
): string => {
  const [name] = names as [string]
  if (rule === 'first') return isNotStored(name)
  if (rule === 'oldest') return isOldestValue(name)
  return text === undefined
    ? isNewestGroup(names, optional)
    : isNewestGroupWithText(names, text, optional)
}

/**
 * Adds joins to the stored set, without reading it first. Only if the set is full, the update must know its
 * content, because one join has to be dropped.
 */
const addToJoins = (joins: string[], stored: Item): Change => {
  const known = readTexts(stored, 'joinings')
  const values = { ':joined_at': joins[0] }
  return known === undefined || known.size < maxJoins
    ? {
        add: ['joinings :joinings'],
        condition: isNewJoin,
        values: { ...values, ':joinings': new Set(joins), ':most': maxJoins },
      }
    : {
        set: ['joinings = :joinings'],
        condition: areJoinsUnchanged,
        values: { ...values, ':joinings': addJoins(stored, joins), ':joinings_read': known },
      }
}
