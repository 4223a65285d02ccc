import { ConditionFailed } from '../errors.ts'
import type { Item } from '../item.ts'
import { isComment, isRoom } from '../keys.ts'
import type { Store } from '../store.ts'
import { type Outcome, type Part, setValues } from '../together.ts'
import { applyFact } from './apply-fact.ts'
import { describeGroup, type Facts } from './fact.ts'

/**
 * Records facts of one item in their usual case, with other writes of the same moment: the item is new, or a group of
 * its attributes becomes newer. In any other case nothing is written, and the update of update-of-fact.ts has to
 * decide.
 * @param isNewItem whether nothing of a room or a participant is stored, as far as the caller knows. A comment that is
 * posted is always expected to be new
 * @returns the item as it was before, or the error with the stored item. Undefined if the update has to decide
 */
export const recordTogether = async (
  store: Store,
  facts: Facts,
  isNewItem: boolean,
): Promise<Item | ConditionFailed | undefined> => {
  const outcome = await write(store, facts, isNewItem)
  // Without the item as it was, everything counts as changed.
  if (outcome?.isDone === true) return outcome.item ?? {}
  return outcome?.item && new ConditionFailed(new Map([[0, outcome.item]]))
}

const write = async (
  { together }: Store,
  facts: Facts,
  isNewItem: boolean,
): Promise<Outcome | undefined> => {
  const { key } = facts[0]
  const isPosted = isComment(key) && facts.some(({ group }) => group === 'posting')
  if (isNewItem || isPosted) {
    // A room that has a revision can be raised together with others.
    const item = isRoom(key) ? { revision: 0 } : {}
    const inserted = await together?.insert(key, facts.reduce(applyFact, item))
    if (inserted === undefined || inserted.isDone || inserted.item) return inserted
    // It mostly exists, because the event came twice. A read costs less than an update that fails.
    const stored = await together?.read(key)
    return { isDone: false, item: stored?.item }
  }
  const groups = facts.map(describeGroup)
  const areSimple = groups.every(
    ({ rule, remove, text }) => rule === 'greatest' && remove.length === 0 && text === undefined,
  )
  if (!areSimple) return undefined
  return together?.change(key, {
    set: setValues(groups.flatMap(({ entries }) => entries)),
    condition: joinParts(groups.map(({ entries }) => isNewestGroup(entries))),
    returning: 'ALL OLD *',
  })
}

type Entries = ReturnType<typeof describeGroup>['entries']

/** The condition of the same name in conditions.ts. */
const isNewestGroup = (entries: Entries): Part => {
  const less = isLess(entries)
  return { ...less, text: `("${entries[0]![0]}" IS MISSING OR ${less.text})` }
}

const isLess = ([first, ...rest]: Entries): Part => {
  const [name, value] = first!
  if (rest.length === 0) return { text: `"${name}" < ?`, parameters: [value] }
  const ofRest = isLess(rest)
  return {
    text: `"${name}" < ? OR ("${name}" = ? AND (${ofRest.text}))`,
    parameters: [value, value, ...ofRest.parameters],
  }
}

const joinParts = (parts: Part[]): Part => ({
  text: parts.map(({ text }) => text).join(' AND '),
  parameters: parts.flatMap(({ parameters }) => parameters),
})
