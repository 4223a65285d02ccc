import { isComment } from '../keys.ts'
import { makeChange, makeInsert, type Part, setValues, type Statement } from '../statement.ts'
import { applyFact } from './apply-fact.ts'
import { describeGroup, type Facts } from './fact.ts'

/**
 * Makes the statement that records facts of one item in their usual case: the item is new, or a group of its
 * attributes becomes newer. In any other case it fails and changes nothing, and the update of update-of-fact.ts
 * decides.
 * @param isNewItem whether nothing is stored of a room or a participant. A comment that is posted is always expected
 * to be new
 * @returns undefined if the facts have no usual case
 */
export const makeStatement = (
  tableName: string,
  facts: Facts,
  isNewItem: boolean,
): Statement | undefined => {
  const { key } = facts[0]
  const isPosted = isComment(key) && facts.some(({ group }) => group === 'posting')
  if (isNewItem || isPosted) return makeInsert(tableName, key, facts.reduce(applyFact, {}))
  const groups = facts.map(describeGroup)
  const areSimple = groups.every(
    ({ rule, remove, text }) => rule === 'greatest' && remove.length === 0 && text === undefined,
  )
  if (!areSimple) return undefined
  return makeChange(tableName, key, {
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
