import type { Key } from './keys.ts'

type Value = string | number

/**
 * The update that records one independently timed group of attributes: it happens where the
 * group is not known yet, or where it is greater, compared attribute by attribute in the order
 * given, the time first. So the newest wins, ties go to the greater value, and repeats and late
 * arrivals fail the condition, which says 'known already'.
 * @param forget attributes that the newer group makes void
 */
export const newestWins = (key: Key, group: Record<string, Value>, forget: string[] = []) => {
  const names = Object.keys(group)
  const set = names.map((name) => `#${name} = :${name}`).join(', ')
  const remove = forget.map((name) => `#${name}`).join(', ')
  return {
    Key: key,
    UpdateExpression: `SET ${set}${remove && ` REMOVE ${remove}`}`,
    ConditionExpression: `attribute_not_exists(#${names[0]}) OR ${isLess(names)}`,
    ExpressionAttributeNames: Object.fromEntries(
      [...names, ...forget].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(group).map(([name, value]) => [`:${name}`, value]),
    ),
  }
}

/** The stored tuple is less than the given one, attribute by attribute. */
const isLess = ([name, ...rest]: string[]): string =>
  rest.length === 0
    ? `#${name} < :${name}`
    : `#${name} < :${name} OR (#${name} = :${name} AND (${isLess(rest)}))`

/** The update that adds to a listing's total; the total is made, and sorts, when it is first needed. */
export const addToTotal = (key: Key, activity: string, change: 1 | -1) => ({
  Key: key,
  UpdateExpression: 'SET activity = :activity ADD #total :change',
  ExpressionAttributeNames: { '#total': 'total' },
  ExpressionAttributeValues: { ':activity': activity, ':change': change },
})
