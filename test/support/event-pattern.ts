/** A field with a list accepts any of its values; a field with an object is nested. */
export interface EventPattern {
  [field: string]: EventPattern | unknown[]
}

/**
 * Whether an event matches a pattern of EventBridge: every field of the pattern must match. It knows the
 * operators that this app uses: an equal string, and `prefix`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws Error naming an operator that it does not know
 */
export const matchesPattern = (pattern: EventPattern, event: unknown): boolean =>
  Object.entries(pattern).every(([field, expected]) => {
    const value = fieldOf(event, field)
    if (!Array.isArray(expected)) return matchesPattern(expected, value)
    return expected.map((operator) => matchesValue(operator, value)).includes(true)
  })

/** @returns undefined where the parent is no object or does not have the field */
const fieldOf = (parent: unknown, field: string): unknown =>
  typeof parent === 'object' && parent !== null
    ? (parent as Record<string, unknown>)[field]
    : undefined

const matchesValue = (operator: unknown, value: unknown): boolean => {
  if (typeof operator === 'string') return value === operator
  const { prefix, ...others } = operator as { prefix?: unknown }
  if (typeof prefix !== 'string' || Object.keys(others).length > 0)
    throw new Error(`This pattern operator is not known here: ${JSON.stringify(operator)}`)
  return typeof value === 'string' && value.startsWith(prefix)
}
