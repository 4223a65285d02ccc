import * as v from 'valibot'
import { EventRefused } from '../domain/errors.ts'

/**
 * A value in the form of a schema.
 * @param name what the value is called where an error names a field of it
 * @throws EventRefused naming the first field that is wrong and why, never what a person wrote
 */
export const checked = <Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  name: string,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const where = [name, v.getDotPath(issue)].filter(Boolean).join('.')
  const why = issue.received === 'undefined' ? 'is missing' : issue.message
  throw new EventRefused(`${where} ${why}`)
}
