import * as v from 'valibot'
import { EventRefused } from '../domain/errors.ts'

/**
 * Parses a value by a schema.
 * @param name what errors call the value
 * @throws EventRefused naming the first field that is wrong and the reason, but never a value that a person
 * wrote
 */
export const parseValue = <Output>(
  schema: v.GenericSchema<unknown, Output>,
  value: unknown,
  name: string,
): Output => {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const where = [name, v.getDotPath(issue)].filter(Boolean).join('.')
  const why = issue.received === 'undefined' ? 'is missing' : issue.message
  throw new EventRefused(`${where} ${why}`)
}
